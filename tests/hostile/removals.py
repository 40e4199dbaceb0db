#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes each defence out of the server, and looks whether the test of its attack fails.

    tests/hostile/removals.py [--build BUILD_DIRECTORY] [--check] [WORD...]

Builds a copy of the tree in build/removals without optimisation, once as it is, and then once for
each removal; the tests are those of BUILD_DIRECTORY (build/dev). With WORDs only the removals whose
attack contains one of them. --check only looks whether every text to be replaced is in the tree, once.
Exits with 1 if a test passed without the defence, or failed with it.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "build" / "removals"
SECONDS_MAX = 240  # of the tests of one removal; one that hangs without its defence has failed
ABORTS = "std::abort()"


@dataclass(frozen=True)
class Removal:
    attack: str
    file: str
    before: str
    after: str
    tests: str  # names of integration_hostile_test
    also: tuple = ()  # (file, before, after) of what would hold without it: a second defence


REMOVALS = [
    Removal("foreign tenant path", "server/session/admission.cpp",
            "  if (policy == nullptr) {\n    return {.refused =",
            "  if (policy == nullptr) {\n    return {};\n    return {.refused =",
            "HostileTenant.PathOfATenantThatIsNotThereIsRefused "
            "HostileTenant.ConnectionThatNamesNoTenantIsRefused"),
    Removal("swarms of a foreign tenant", "server/session/client_rights.cpp",
            "  swarm.tenant = standing_.tenant;\n", "",
            "HostileTenant.HearsNothingOfASwarmWithTheSameInfoHash"),
    Removal("forged origin without a token", "server/session/admission.cpp",
            "!policy->origins.admits(request.origin)", "false",
            "HostileOrigin.OfAForeignPageIsRefusedWithoutAToken "
            "HostileOrigin.ThatIsAbsentIsRefusedWhereOnlyPagesAreMeant "
            "HostileOrigin.ThatIsSentTwiceIsNoneOfThem"),
    Removal("forged origin with a token", "server/session/admission.cpp",
            "!verdict.granted->origins.admits(request.origin)", "false",
            "HostileOrigin.OfAPageThatTheTokenIsNotForIsRefused"),
    Removal("forged origin, no token where one is needed", "server/session/admission.cpp",
            "    return admission_reason::token_missing;\n", "    return std::nullopt;\n",
            "HostileOrigin.ForgedByNoBrowserStillNeedsAToken HostileToken.ThatIsMissingIsAskedFor"),
    Removal("forged token", "server/auth/token_verifier.cpp",
            "check_signature(*parts, *header, keys, rules.tries_max)) return *why;",
            "check_signature(*parts, *header, keys, rules.tries_max)) static_cast<void>(why);",
            "HostileToken.ThatIsForgedIsRefused"),
    Removal("expired token", "server/auth/token_verifier.cpp",
            "rules.now >= claims.expires + rules.leeway + rules.grace", "false",
            "HostileToken.ThatHasExpiredOrIsNotYetValidIsRefused "
            "HostileToken.ThatHasExpiredReconnectsWithinTheGraceAlone"),
    Removal("token of a foreign tenant", "server/auth/token_verifier.cpp",
            "claims.tenant != rules.tenant", "false", "HostileToken.OfAnotherTenantIsRefused"),
    Removal("token of a foreign swarm", "server/core/tenant_directory.cpp",
            "return token->swarms.covers(which, content_name);", "return true;",
            "HostileToken.OfAnotherSwarmIsServedNothing "
            "HostileToken.InAnnouncesLetsInToItsOwnSwarmsAlone"),
    Removal("replayed and over-used token", "server/net/client_ledger.cpp",
            "count > token->connections_max", "count == 0",
            "HostileToken.ThatIsReplayedHoldsAsManyConnectionsAsItMay "
            "HostileToken.ThatCapsItsConnectionsIsHeldToIt"),
    Removal("replayed token, revoked", "server/session/admission.cpp",
            "  if (rules.bans.bans(verdict.granted->token)) return admission_reason::banned;\n", "",
            "HostileToken.ThatIsRevokedIsClosedAtOnceAndStaysOut"),
    Removal("flood of tokens in announces", "server/session/client_rights.cpp",
            "more.checks >= scope_.shown.checks_max", "false",
            "HostileToken.FloodOfTokensInAnnouncesIsNotVerifiedForEver"),
    Removal("content that nobody has registered", "server/core/tenant_directory.cpp",
            "  if (!access.allows(which, !content_name.empty())) return false;\n", "",
            "HostileContent.ThatIsNotRegisteredIsQuietlyDenied"),
    Removal("content that is banned", "server/session/client_rights.cpp",
            "return scope_.bans->bans(swarm.hash()) || scope_.bans->bans(peer);",
            "return swarm.hash() == info_hash{} && peer == peer_id{};",
            "HostileContent.ThatIsBannedLosesItsMembersWithinASecond"),
    # Any offer in the swarm of whom one claims to be will do.
    Removal("answer that matches no relayed offer", "server/core/offer_routes.cpp",
            "  auto which = newest_of(key, hash_of(key));\n  while (which != no_slot) {",
            "  auto which = in_shard_.oldest;\n"
            "  while (which != no_slot && (routes_[which].key.swarm != key.swarm ||\n"
            "                              routes_[which].key.receiver.peer != key.receiver.peer)) {\n"
            "    which = routes_[which].in_shard.newer;\n  }\n  while (which != no_slot) {",
            "HostileIdentity.AnswerThatMatchesNoRelayedOfferGoesNowhere "
            "HostileIdentity.AnswerToAnOfferThatAnotherOneGotGoesNowhere"),
    Removal("second answer to a relayed offer", "server/core/offer_routes.cpp",
            "      taken_.push_back(sender);\n      remove(which);\n",
            "      taken_.push_back(sender);\n",
            "HostileIdentity.SecondAnswerToAnOfferGoesNowhere"),
    Removal("stopped or announce with another's peer id", "server/core/swarm_table.cpp",
            "while (which != no_slot && members_[which].at != at) which",
            "while (which != no_slot && members_[which].at != at && false) which",
            "HostileIdentity.StoppedWithAnothersPeerIdEndsNothing "
            "HostileIdentity.AnnounceWithAnothersPeerIdTakesNothingFromIt"),
    Removal("full scrape", "server/session/tracker_conversation.cpp",
            "if (what.all &&\n"
            "      (!scope_.limits.scrape_all || rights_.token() != nullptr || rights_.policy() == nullptr))",
            "if (what.all && rights_.policy() == nullptr)",
            "HostileScrape.OfEverythingIsRefused "
            "HostileScrape.WithATokenForOneSwarmShowsThatOneAlone"),
    Removal("full scrape of a foreign tenant", "server/core/shard.cpp",
            "if (each.id().tenant == message.tenant) add", "add",
            "HostileScrape.OfEverythingShowsNothingOfAnotherTenant"),
    Removal("scraping", "protocol/webtorrent/decode.cpp",
            "    if (swarms.size() == limits_.scrape_hashes_max) return errc::too_many_hashes;\n", "",
            "HostileScrape.FloodIsBounded"),
    Removal("flood of memberships", "server/session/tracker_conversation.cpp",
            "  if (memberships_.size() >= rights_.memberships_max(scope_.limits.memberships_max, by))\n"
            "    return false;\n", "",
            "HostileFlood.OfMembershipsIsAnsweredAndNotRemembered "
            "HostileFlood.OfMembershipsOfATenantIsHeldToWhatItMay"),
    Removal("flood of swarms", "server/core/swarm_table.cpp",
            "(at.home == no_slot && !quota_.take_swarm(tenant))",
            "(at.home == no_slot && !quota_.take_swarm(tenant) && false)",
            "HostileFlood.OfSwarmsIsHeldToWhatTheTenantMay"),
    Removal("flood of members", "server/core/swarm_table.cpp",
            "  if (home != no_slot && swarms_[home].memberships() >= quota_.members_max(whose)) "
            "return false;\n", "",
            "HostileFlood.OfMembersOfASwarmIsHeldToWhatTheTenantMay"),
    Removal("flood of messages and pings", "server/net/ws_session_reading.cpp",
            "    quota_.take_messages(one, limits);\n", "",
            "HostileFlood.OfMessagesIsSlowedAndClosed HostileFlood.OfPingsIsSlowedAndClosed "
            "HostileFlood.OfPongsIsSlowedAndClosed"),
    Removal("flood of bytes", "server/net/ws_session_reading.cpp",
            "  quota_.take_bytes(bytes.size(), host_.limits.quota);\n", "",
            "HostileFlood.OfBytesIsSlowedAndClosed"),
    Removal("flood of offers, each of them", "server/session/tracker_conversation.cpp",
            "return {.cost = 1 + static_cast<std::uint32_t>(scope_.offers.size())};", "return {};",
            "HostileFlood.OfOffersIsSlowedAndClosed"),
    Removal("flood of offers in one announce", "protocol/webtorrent/message.cpp",
            "offers.size() == limits_.offers_max || ", "",
            "HostileFlood.OfOffersInOneAnnounceRelaysAsManyAsMayBe"),
    Removal("flood of connections of one address", "server/net/admission_desk.cpp",
            "  if (is_over(of_address, quota.address.connections_max) &&",
            "  if (is_over(of_address, 0) &&",
            "HostileConnections.OfOneAddressAreHeldToItsQuota "
            "HostileConnections.OfOneIpv6NetworkAreOneAddress "
            "HostileConnections.ThatForgeAChainBehindAProxyDoNotEscapeTheirQuota"),
    Removal("flood of connections", "server/net/admission_desk.cpp",
            "is_over(rules.counts->inside(), quota.connections_max)",
            "is_over(rules.counts->inside(), 0)",
            "HostileConnections.OfManyAddressesAreHeldToWhatTheProcessMay"),
    Removal("flood of connections of a tenant", "server/net/client_ledger.cpp",
            "before >= connections_max", "before == UINT32_MAX",
            "HostileTenant.TakesNoMoreConnectionsThanItMay"),
    Removal("flood of handshakes", "server/net/address_rates.cpp",
            "  if (!known.arrivals.has(1, arrivals_of(limits))) "
            "return admission_reason::address_rate;\n", "",
            "HostileConnections.StormOfHandshakesOfOneAddressIsRefused"),
    Removal("flood of handshakes that fail", "server/net/address_rates.cpp",
            "  if (!known.failures.has(minute, failures_of(limits))) "
            "return admission_reason::address_failures;\n", "",
            "HostileConnections.AddressWhoseHandshakesFailIsRefused"),
    Removal("spoofed request headers behind a proxy", "server/session/client_address.cpp",
            "&& trust.covers(found.address)", "",
            "HostileConnections.ThatForgeAChainBehindAProxyDoNotEscapeTheirQuota"),
    Removal("spoofed request headers", "server/session/client_address.cpp",
            "&& trust.covers(found.address)", "",
            "HostileConnections.ThatForgeProxyHeadersStayWhoTheyAre",
            also=(("server/net/connection.cpp", "  if (rules.trust.covers(client.address)) {\n",
                   "  if (!client.address.bytes().empty()) {\n"),)),
    Removal("spoofed PROXY header", "server/net/proxy_entrance.cpp",
            "!trust.proxies.empty() && !trust.covers(at.let_in.client.address)", "false",
            "HostileConnections.ThatForgeAProxyPrefaceAreTurnedAway"),
    Removal("slow reader of replies", "server/net/ws_session_reading.cpp",
            "(held() || queued_bytes() > max + max / 2)", "(held() || max == SIZE_MAX)",
            "HostileReader.ThatAsksAndNeverReadsIsHeldAndClosed",
            also=(("server/net/ws_session.cpp",
                   "queued_bytes() > 2 * host_.limits.outbox_bytes_max", "false"),)),
    Removal("slow reader of relays", "server/net/ws_session.cpp",
            "    if (over) return shed(what, label::shed::outbox_full);\n", "",
            "HostileReader.ThatLetsRelaysPileUpLosesThemAlone"),
    Removal("slow writer of a handshake", "server/net/connection.cpp",
            "    late->timed_out = true;\n    late->close();\n", "",
            "HostileWriter.OfAHandshakeIsGivenUp"),
    Removal("slow writer of a message", "server/net/ws_session.cpp",
            "      close(close_code::policy_violation, label::closed::message_deadline);\n", "",
            "HostileWriter.OfAMessageIsClosed"),
    Removal("slow writers of many messages", "server/net/ws_session_reading.cpp",
            "  if (!over && !lingers) return;\n", "  if (!over || over) return;\n",
            "HostileWriter.ManyHalfMessagesAreHeldToABudget"),
    Removal("who never says anything", "server/net/ws_session.cpp",
            "      close(close_code::no_message, label::closed::no_message);\n", "",
            "HostileWriter.ThatNeverSaysAnythingIsClosed"),
    Removal("who is not there any more", "server/net/ws_session.cpp",
            "      return finish(label::closed::dead);\n", "      break;\n",
            "HostileWriter.ThatIsNotThereAnyMoreIsGivenUp"),
    Removal("admin port without token", "server/control/api/auth.cpp",
            "if (given.empty()) return {{}, problem{401, \"the admin token is needed\"}};",
            "if (given.empty()) return {\"token\", {}};",
            "HostileOperator.WithoutTheTokenIsRefused"),
    Removal("admin port with a wrong token", "server/control/api/auth.cpp",
            "CRYPTO_memcmp(shown.data(), digest_->data(), shown.size()) != 0", "shown.empty()",
            "HostileOperator.WithoutTheTokenIsRefused"),
    Removal("admin port on an open address", "server/control/api/auth.cpp",
            "  if (!loopback_) return {{}, problem{404, \"there is nothing here\"}};\n", "",
            "HostileOperator.OnAnOpenAddressWithoutATokenFindsNothing",
            also=(("server/control/router.cpp",
                   "  if (for_operators && !api_->reachable()) return unknown_page();\n", ""),)),
    Removal("admin port from a page of another site", "server/control/api/auth.cpp",
            "if (!names_loopback(request.host)) {", "if (false) {",
            "HostileOperator.FromAPageOfAnotherSiteIsRefused"),
    Removal("corpus of messages, nested too deeply", "protocol/webtorrent/message.cpp",
            "error != errc::ok) return error;", "error != errc::ok && error != errc::too_deep) return error;",
            "HostileMessage.ThatIsNestedDeeplyIsRefused"),
    Removal("corpus of tokens", "server/auth/token_verifier.cpp",
            "  if (!parts) return token_refusal::malformed;\n  auto const header",
            f"  if (!parts) {ABORTS};\n  auto const header",
            "HostileCorpus.OfTokensLetsNobodyIn"),
    # An error in them is a value, and nothing ends.
    Removal("corpus of messages", "protocol/webtorrent/message.cpp",
            "error != errc::ok) return error;", f"error != errc::ok) {ABORTS};",
            "HostileCorpus.OfMessagesIsSurvived"),
    Removal("corpus of request heads", "server/net/http_head.cpp",
            "    if (error) return state::bad;\n", f"    if (error) {ABORTS};\n",
            "HostileCorpus.OfRequestHeadsIsSurvived HostileHead.ThatIsNoUpgradeIsRefused"),
    Removal("corpus of frames", "protocol/websocket/message_reader.cpp",
            "      return refuse(close_code::protocol_error, decoded.why);\n",
            f"      {ABORTS};\n",
            "HostileCorpus.OfFramesIsSurvived HostileFrame.ThatBreaksTheProtocolIsClosed"),
    Removal("corpus of PROXY headers", "server/net/proxy_entrance.cpp",
            "    if (header.is == proxy_header::state::bad) co_return header;\n",
            f"    if (header.is == proxy_header::state::bad) {ABORTS};\n",
            "HostileCorpus.OfProxyHeadersIsSurvived"),
    Removal("corpus of session descriptions", "server/session/client_rights.cpp",
            "  auto const withheld = withheld_from(address_tag);\n",
            "  if (policy() != nullptr) return true;\n"
            "  auto const withheld = withheld_from(address_tag);\n",
            "HostileCorpus.OfSessionDescriptionsIsSurvived "
            "HostileHarvest.RelayOnlyShowsNoAddressOfAPeer "
            "HostileHarvest.RelayOnlyWithholdsWhatIsEncrypted "
            "HostileHarvest.NoHostCrossIpKeepsHostCandidatesWithinAnAddress"),
    Removal("oversized request head", "server/net/http_head.cpp",
            "  return all.size() >= bytes_max_ ? state::too_large : state::need_more;\n",
            "  return state::need_more;\n", "HostileHead.ThatIsTooLargeIsRefused",
            also=(("server/net/http_head.cpp",
                   "parser_.header_limit(static_cast<std::uint32_t>(bytes_max));",
                   "parser_.header_limit(UINT32_MAX);"),
                  ("server/net/http_head.cpp", "consumed_ <= bytes_max_ ?", "bytes_max_ != 0 ?"))),
]


def copy_tree(to):
    """The files that git knows, as they are now; those that are alike keep their time."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, names.stdout.decode().split("\0")):
        source, target = ROOT / name, to / name
        if not source.is_file():
            continue
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def configure(tree, build):
    # One file at a time: a removal is to compile no more than it changes.
    subprocess.run(
        ["cmake", "-S", tree, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
         "-DCMAKE_CXX_COMPILER=clang++-14", "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1", "-DWAGGLE_TESTS=OFF",
         "-DWAGGLE_DASHBOARD=OFF"], check=True, stdout=subprocess.DEVNULL)


def compile_server(build):
    made = subprocess.run(["ninja", "-C", build, "waggle"], capture_output=True, text=True)
    if made.returncode != 0:
        raise RuntimeError(made.stdout[-3000:])


def failed_tests(program, server, names):
    """Those of `names` that did not pass; all that were not heard of again have not."""
    try:
        told = subprocess.run([program, "--gtest_filter=" + ":".join(names)],
                              env={**os.environ, "WAGGLE_BIN": str(server)}, capture_output=True,
                              text=True, errors="replace", timeout=SECONDS_MAX).stdout
    except subprocess.TimeoutExpired as late:
        told = (late.stdout or b"").decode(errors="replace")
    passed = set(re.findall(r"\[       OK \] (\S+)", told))
    return [name for name in names if name not in passed]


def edits_of(removal):
    return ((removal.file, removal.before, removal.after), *removal.also)


def check(removals):
    """Whether each text to be replaced is there, and once."""
    lost = [(each, file, before) for each in removals for file, before, _ in edits_of(each)
            if (ROOT / file).read_text().count(before) != 1]
    for each, file, before in lost:
        print(f"{each.attack}: {file} does not have this once: {before.strip()}")
    return 1 if lost else 0


def try_out(removal, tree, build, program):
    """What is wrong; nothing: the tests have noticed."""
    texts = {file: (tree / file).read_text() for file, _, _ in edits_of(removal)}
    for file, before, after in edits_of(removal):
        path = tree / file
        path.write_text(path.read_text().replace(before, after))
    try:
        compile_server(build)
        names = removal.tests.split()
        failed = failed_tests(program, build / "waggle", names)
        return [f"{name} passes without its defence" for name in names if name not in failed]
    finally:
        for file, text in texts.items():
            (tree / file).write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "dev")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("words", nargs="*", metavar="WORD")
    asked = parser.parse_args()
    if asked.check:
        return check(REMOVALS)
    chosen = [each for each in REMOVALS
              if not asked.words or any(word in each.attack for word in asked.words)]
    program = asked.build.resolve() / "tests" / "integration_hostile_test"
    tree, build = HERE / "tree", HERE / "build"
    copy_tree(tree)
    configure(tree, build)
    compile_server(build)
    names = sorted({name for each in chosen for name in each.tests.split()})
    wrong = [f"{name} fails with the defence" for name in failed_tests(program, build / "waggle", names)]
    for each in chosen:
        found = try_out(each, tree, build, program)
        wrong += found
        print(f"{'NOT NOTICED' if found else 'noticed'}: {each.attack}", flush=True)
    for each in wrong:
        print(each)
    print(f"{len(chosen)} removals, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
