// SPDX-License-Identifier: Apache-2.0
// What the server pays for the token of a connection: verifying a good one of each algorithm, and
// refusing one whose signature is wrong.
#include "server/auth/token_mint.hpp"
#include "server/auth/token_verifier.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>

namespace {

using namespace std::chrono_literals;
namespace auth = waggle::auth;

constexpr std::chrono::sys_seconds now{1'800'000'000s};

// Keys of RFC 7515 appendix A, private halves and all.
std::string jwk_text(auth::signature_algorithm which) {
  switch (which) {
    case auth::signature_algorithm::hs256:
      return R"({"kty":"oct","kid":"k","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
    case auth::signature_algorithm::rs256:
      return R"({"kty":"RSA","kid":"k","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ"})";
    case auth::signature_algorithm::es256:
      return R"({"kty":"EC","kid":"k","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})";
  }
  return {};
}

void verify(benchmark::State& state, auth::signature_algorithm which, bool good) {
  auto const jwk = jwk_text(which);
  auto const keys = auth::make_key_set({.jwk_set = jwk}).keys;
  auto const made = auth::mint({.expires = now + 10min,
                                .id = "7f0c2d6e",
                                .subject = "viewer-4711",
                                .tenant = "acme",
                                .swarms = {{"live/*", "0123456789abcdef0123456789abcdef01234567"}},
                                .origin_globs = {{"https://*.example.org"}},
                                .caps = {.connections = 4}},
                               auth::signing_key_of_jwk(jwk).key.value());
  if (!keys || !made.token) return state.SkipWithError("no key");
  auto token = *made.token;
  if (!good) token.replace(token.rfind('.') + 1, 8, "AAAAAAAA");
  for (auto _ : state) {
    auto const verdict = auth::verify(token, *keys, {.now = now, .tenant = "acme"});
    if (verdict.has_value() != good) return state.SkipWithError("verdict");
    benchmark::DoNotOptimize(verdict);
  }
  state.counters["bytes"] = static_cast<double>(token.size());
}

constexpr auto hs256 = auth::signature_algorithm::hs256;
constexpr auto rs256 = auth::signature_algorithm::rs256;
constexpr auto es256 = auth::signature_algorithm::es256;
BENCHMARK_CAPTURE(verify, hs256, hs256, /*good=*/true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(verify, rs256, rs256, /*good=*/true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(verify, es256, es256, /*good=*/true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(verify, hs256_refused, hs256, /*good=*/false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(verify, es256_refused, es256, /*good=*/false)->Unit(benchmark::kMicrosecond);

}  // namespace
