# Writes a text file as a C++ source: cmake -DFROM=openapi.json -DTO=openapi_document.cpp -P embed.cmake
file(READ "${FROM}" text)
# A raw string needs no escapes, and its mark is one that no JSON has.
file(WRITE "${TO}" "// Generated from openapi.json.
#include \"server/control/api/openapi.hpp\"

namespace waggle::api {

std::string_view openapi_document() {
  static constexpr std::string_view document = R\"waggle(${text})waggle\";
  return document;
}

}  // namespace waggle::api
")
