// SPDX-License-Identifier: Apache-2.0
// Descriptions are spliced in verbatim; the rest is literals, numbers and ids that need no escapes.
#include "protocol/json/writer.hpp"
#include "protocol/native/codec.hpp"

#include <array>

namespace waggle::native {
namespace {

void append_policy(policy const& what, json::writer& to) {
  to.raw(R"({"p2p":)").raw(what.p2p ? "true" : "false").raw(R"(,"want":)").number(what.want);
  to.raw(R"(,"report":)").number(what.report_s);
  if (what.relay_only) to.raw(R"(,"relay":true)");
  to.raw("}");
}

std::string_view text_of(ending why) {
  static constexpr std::array<std::string_view, 5> texts{"closed", "failed", "timeout", "left",
                                                         "gone"};
  return texts[static_cast<std::size_t>(why)];
}

}  // namespace

void encode(to_client::welcome const& what, std::string& out) {
  json::writer to{out};
  to.raw(R"({"t":"welcome","id":")").raw(name_of(what.id));
  to.raw(R"(","resume":")").raw(what.resume).raw(R"(","grace":)").number(what.grace_s);
  to.raw(R"(,"ice":)").raw(what.ice).raw(R"(,"ttl":)").number(what.ttl_s);
  to.raw(R"(,"policy":)");
  append_policy(what.how, to);
  if (what.resumed) to.raw(R"(,"resumed":true)");
  to.raw("}");
}

void encode(to_client::joined const& what, std::string& out) {
  json::writer to{out};
  to.raw(R"({"t":"joined","s":)").number(what.swarm).raw(R"(,"n":)").number(what.members);
  if (what.links) {
    to.raw(R"(,"links":[)");
    bool first = true;
    for (auto const each : *what.links) {
      if (!first) to.raw(",");
      first = false;
      to.number(each);
    }
    to.raw("]");
  }
  to.raw("}");
}

void encode(to_client::match const& what, std::string& out) {
  json::writer to{out};
  to.raw(R"({"t":"match","s":)").number(what.swarm).raw(R"(,"c":)").number(what.link);
  to.raw(R"(,"peer":")").raw(name_of(what.peer));
  to.raw(what.initiator ? R"(","init":true)" : R"(","init":false)");
  if (what.same_address) to.raw(R"(,"lan":true)");
  if (what.open) to.raw(R"(,"open":true)");
  to.raw("}");
}

void encode(to_client::relay const& what, std::string& out) {
  static constexpr std::array<std::string_view, 3> heads{
      R"({"t":"offer","s":)", R"({"t":"answer","s":)", R"({"t":"ice","s":)"};
  json::writer{out}
      .raw(heads[static_cast<std::size_t>(what.kind)])
      .number(what.swarm)
      .raw(R"(,"c":)")
      .number(what.link)
      .raw(R"(,"d":)")
      .raw(what.description.json)
      .raw("}");
}

void encode(to_client::ended const& what, std::string& out) {
  json::writer to{out};
  to.raw(what.why == ending::gone ? R"({"t":"gone","s":)" : R"({"t":"drop","s":)");
  to.number(what.swarm).raw(R"(,"c":)").number(what.link);
  if (what.why != ending::gone) to.raw(R"(,"why":")").raw(text_of(what.why)).raw(R"(")");
  to.raw("}");
}

void encode(to_client::servers const& what, std::string& out) {
  json::writer{out}
      .raw(R"({"t":"servers","ice":)")
      .raw(what.ice)
      .raw(R"(,"ttl":)")
      .number(what.ttl_s)
      .raw("}");
}

void encode(to_client::away const& what, std::string& out) {
  json::writer{out}
      .raw(R"({"t":"away","after":)")
      .number(what.after_s)
      .raw(R"(,"spread":)")
      .number(what.spread_s)
      .raw("}");
}

void encode(to_client::pong const& what, std::string& out) {
  json::writer to{out};
  to.raw(R"({"t":"pong")");
  if (what.number) to.raw(R"(,"i":)").number(*what.number);
  to.raw("}");
}

void encode(policy const& what, std::string& out) {
  json::writer to{out};
  to.raw(R"({"t":"policy","policy":)");
  append_policy(what, to);
  to.raw("}");
}

void encode(refusal const& what, std::string& out) {
  auto const& row = row_of(what.why);
  json::writer to{out};
  to.raw(R"({"t":"err","code":)").number(static_cast<std::uint64_t>(row.code));
  to.raw(R"(,"msg":)").text(row.text);
  if (what.swarm) to.raw(R"(,"s":)").number(*what.swarm);
  if (what.link) to.raw(R"(,"c":)").number(*what.link);
  if (row.retry_s != 0) to.raw(R"(,"retry":)").number(row.retry_s);
  to.raw("}");
}

}  // namespace waggle::native
