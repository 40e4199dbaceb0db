// SPDX-License-Identifier: Apache-2.0
// The examples of RFC 7515 and 7519 that are signed with algorithms of ours, and those that must
// not get through.
#include "tests/unit/server/auth/tokens.hpp"

namespace waggle::auth::test {
namespace {

std::string const payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
constexpr std::chrono::sys_seconds end{1'300'819'380s};  // its exp

void expect_the_claims_of_joe(std::string const& token, std::string const& jwk) {
  auto const keys = keys_of_jwk(jwk);

  auto const verdict = verify(token, *keys, {.now = end - 1s, .issuer = "joe"});

  ASSERT_TRUE(verdict) << to_text(verdict.error());
  EXPECT_EQ(verdict->claims, (token_claims{.expires = end, .issuer = "joe"}));
  EXPECT_FALSE(verdict->in_grace);
  auto altered = token;
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_NE(outcome(altered, *keys, {.now = end - 1s}), "accepted");
}

TEST(RfcVectors, Hs256OfRfc7515AppendixA1) {
  expect_the_claims_of_joe(
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + payload +
          ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
      R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})");
}

TEST(RfcVectors, Rs256OfRfc7515AppendixA2) {
  expect_the_claims_of_joe(
      "eyJhbGciOiJSUzI1NiJ9." + payload +
          ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O"
          "8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPv"
          "kSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phC"
          "nvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
      R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})");
}

TEST(RfcVectors, Es256OfRfc7515AppendixA3) {
  expect_the_claims_of_joe(
      "eyJhbGciOiJFUzI1NiJ9." + payload +
          ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
}

TEST(RfcVectors, TheUnsecuredTokenOfRfc7519Section61IsRefused) {
  auto const keys = keys_of_secret();

  EXPECT_EQ(outcome("eyJhbGciOiJub25lIn0." + payload + ".", *keys, {.now = end - 1s}), "malformed");
}

TEST(RfcVectors, TheCriticalHeaderOfRfc7515AppendixEIsRefused) {
  std::string const header =
      "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9l"
      "eGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0";

  EXPECT_EQ(outcome(header + ".RkFJTA.", *keys_of_secret()), "malformed");
  EXPECT_EQ(outcome(header + ".RkFJTA.RkFJTA", *keys_of_secret()), "malformed");
}

}  // namespace
}  // namespace waggle::auth::test
