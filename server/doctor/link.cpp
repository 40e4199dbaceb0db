// SPDX-License-Identifier: Apache-2.0
#include "server/doctor/link.hpp"

#include "server/doctor/words.hpp"

namespace waggle::doctor {

std::string words_for(received const& end) {
  switch (end.how) {
    case ending::none:
      return "nothing happened";
    case ending::timeout:
      return "nothing came in time";
    case ending::close_frame:
      return "closed with WebSocket code " + std::to_string(end.code) +
             (end.text.empty() ? std::string{} : " (" + excerpt(end.text) + ")");
    case ending::fin:
      return "closed without a WebSocket close frame";
    case ending::reset:
      return "reset (TCP RST)";
    case ending::fault:
      return end.text;
  }
  return {};
}

}  // namespace waggle::doctor
