// SPDX-License-Identifier: Apache-2.0
#include "config/content_entry.hpp"

#include "config/content_stream.hpp"
#include "config/hash_list.hpp"
#include "config/nearest.hpp"
#include "config/value.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace waggle {
namespace {

using content::derivation;
using content::stream_type;
using content::version_fault;

std::vector<std::string> const entry_keys{"name",    "manifest", "swarm_id", "client",
                                          "version", "versions", "streams",  "info_hashes"};
std::vector<std::string> const client_names{"p2p-media-loader", "webtorrent"};

// Why a browser would not have fetched `url` under this very name; empty if it would.
std::string fault_of_manifest(std::string_view url) {
  auto const scheme = url.substr(0, url.find("://"));
  if (scheme != "https" && scheme != "http") return "expected a URL with http:// or https://";
  auto const rest = url.substr(std::min(url.size(), scheme.size() + 3));
  auto const host = rest.substr(0, rest.find('/'));
  if (host.empty() || host.size() == rest.size()) return "expected a host and a path";
  if (std::any_of(host.begin(), host.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return "write the host in small letters, as browsers do";
  }
  if (host.ends_with(scheme == "https" ? ":443" : ":80")) {
    return "leave out the port, as browsers do where it is the usual one";
  }
  auto const escaped = [](char c) {
    return c <= ' ' || c > '~' || c == '"' || c == '<' || c == '>';
  };
  if (std::any_of(rest.begin(), rest.end(), escaped)) return "write it percent-encoded, as sent";
  if (rest.find('#') != std::string_view::npos) return "leave out the fragment, which is not sent";
  return {};
}

// Reads one entry; the members are what its parts share.
class entry_reader {
 public:
  entry_reader(json_item& item, std::string const& source, problem_list& problems,
               content_file_limits const& limits)
      : item_(item), source_(source), problems_(problems), limits_(limits) {}

  content_entry read() {
    if (!item_.check_keys(entry_keys)) return std::move(entry_);
    read_name();
    read_client();
    read_swarm();
    read_versions();
    read_streams();
    read_listed();
    check_together();
    return std::move(entry_);
  }

 private:
  void read_name();
  void read_client();
  void read_swarm();
  void read_versions();
  void read_version(std::string const& place, nlohmann::json const& value);
  void read_streams();
  void read_listed();
  void check_together();

  [[nodiscard]] bool has(std::string_view name) const { return item_.find(name) != nullptr; }

  json_item& item_;
  std::string const& source_;
  problem_list& problems_;
  content_file_limits const& limits_;
  content_entry entry_;
};

void entry_reader::read_name() {
  if (!has("name")) return item_.refuse("name", "is missing");
  entry_.name = item_.text("name", limits_.name_bytes_max).value_or("");
  if (entry_.name.find('*') != std::string::npos) {
    item_.refuse("name", "must not hold an asterisk, which in a token stands for any name");
  }
}

void entry_reader::read_client() {
  auto const client = item_.text("client", limits_.label_bytes_max);
  if (!client) return;
  if (std::find(client_names.begin(), client_names.end(), *client) == client_names.end()) {
    item_.refuse("client", "unknown client " + shown(*client) + "; the nearest is " +
                               nearest(*client, client_names));
  }
  entry_.listed_client = *client;
}

void entry_reader::read_swarm() {
  if (auto id = item_.text("swarm_id", limits_.swarm_id_bytes_max)) entry_.swarm = std::move(*id);
  if (auto const url = item_.text("manifest", limits_.swarm_id_bytes_max)) {
    if (auto const fault = fault_of_manifest(*url); !fault.empty()) item_.refuse("manifest", fault);
    entry_.swarm = content::swarm_id_of_manifest(*url);
  }
  if (has("swarm_id") && has("manifest")) {
    item_.refuse("manifest", "stands beside swarm_id; the player uses one of them");
  }
}

void entry_reader::read_version(std::string const& place, nlohmann::json const& value) {
  auto const refuse = [&](std::string what) {
    problems_.add({.source = source_, .key = place, .what = std::move(what)});
  };
  if (!value.is_string()) {
    return refuse("expected a text like \"2.3\", found " + shown(value));
  }
  auto const& version = value.get_ref<std::string const&>();
  auto const found = content::derivation_of(version);
  if (auto const* const fault = std::get_if<version_fault>(&found)) {
    auto const* const why = *fault == version_fault::ambiguous   ? " is of several kinds"
                            : *fault == version_fault::malformed ? " is no version"
                                                                 : " is not known";
    return refuse(shown(value) + why + "; those that meet are " + content::known_versions());
  }
  auto const how = std::get<derivation>(found);
  auto const same = std::find_if(entry_.clients.begin(), entry_.clients.end(),
                                 [&](auto const& client) { return client.how == how; });
  if (same != entry_.clients.end()) {
    same->text += ", " + version;
  } else {
    entry_.clients.push_back({.how = how, .text = client_names.front() + " " + version});
  }
}

void entry_reader::read_versions() {
  if (auto const* const version = item_.find("version")) {
    read_version(item_.place_of("version"), *version);
  }
  if (auto const* const list = item_.list("versions", {1, limits_.versions_max})) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      read_version(item_.place_of("versions", i), (*list)[i]);
    }
  }
}

void entry_reader::read_streams() {
  auto const* const list = item_.list("streams", {1, limits_.streams_max});
  if (list == nullptr) return;
  std::array<std::uint32_t, 2> next{};  // of main, of secondary
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto const place = item_.place_of("streams", i);
    auto [stream, label, indexed] =
        read_content_stream({(*list)[i], place, source_, problems_}, limits_);
    auto& after = next[stream.type == stream_type::main ? 0 : 1];
    if (!indexed) stream.index = after;
    after = stream.index + 1;
    entry_.labels.push_back(label.empty() ? label_of(stream) : std::move(label));
    entry_.streams.push_back(std::move(stream));
  }
}

void entry_reader::read_listed() {
  auto const* const list = item_.list("info_hashes", {1, limits_.info_hashes_max});
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto const& value = (*list)[i];
    auto const swarm =
        value.is_string() ? parse_info_hash(value.get_ref<std::string const&>()) : std::nullopt;
    if (swarm) {
      entry_.listed.push_back(*swarm);
    } else {
      problems_.add({.source = source_,
                     .key = item_.place_of("info_hashes", i),
                     .what = "expected 40 hex digits or 20 characters, found " + shown(value)});
    }
  }
}

// What each of the fields needs of the others.
void entry_reader::check_together() {
  auto const own_ids = std::count_if(entry_.streams.begin(), entry_.streams.end(),
                                     [](auto const& s) { return !s.stream_swarm_id.empty(); });
  auto const all_own = has("streams") && own_ids == std::ssize(entry_.streams);
  auto const derived = has("manifest") || has("swarm_id") || own_ids > 0;
  if (!derived && !has("info_hashes")) {
    return item_.refuse({}, "names no swarm: manifest, swarm_id or info_hashes is needed");
  }
  if (has("version") && has("versions")) item_.refuse("version", "stands beside versions");
  if (derived && entry_.listed_client == "webtorrent") {
    item_.refuse("client", "webtorrent's info hashes are not derived: list them in info_hashes");
  }
  if (derived && !has("version") && !has("versions")) {
    item_.refuse("version", "is missing: the info hashes depend on it");
  }
  if (!derived && (has("version") || has("versions"))) {
    item_.refuse("version", "is of no use without manifest or swarm_id");
  }
  if (has("streams") && !has("manifest") && !has("swarm_id") && !all_own) {
    item_.refuse("streams", "are of no use without manifest or swarm_id");
  }
  auto const old =
      std::any_of(entry_.clients.begin(), entry_.clients.end(),
                  [](auto const& client) { return client.how < derivation::properties_v2; });
  if (own_ids > 0 && old) {
    item_.refuse("streams", "have a swarm_id of their own, which no release before 4.0 takes");
  }
}

}  // namespace

content_entry read_content_entry(json_item item, std::string const& source, problem_list& problems,
                                 content_file_limits const& limits) {
  return entry_reader{item, source, problems, limits}.read();
}

}  // namespace waggle
