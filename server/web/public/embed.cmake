# cmake -DLIST=assets.txt -DTABLE=public_assets.cpp -DBYTES=public_bytes.S -P embed.cmake
# Each line of the list is PATH=FILE.
set(type_of_css "text/css; charset=utf-8")
set(type_of_html "text/html; charset=utf-8")
set(type_of_js "text/javascript; charset=utf-8")
set(type_of_mjs "text/javascript; charset=utf-8")
set(type_of_svg "image/svg+xml")
set(type_of_m3u8 "application/vnd.apple.mpegurl")
set(type_of_mp4 "video/mp4")
set(type_of_m4s "video/iso.segment")

file(STRINGS "${LIST}" lines)
set(number 0)
set(bytes "# Made by server/web/public/embed.cmake.\n.section .rodata\n")
set(names "")
set(rows "")
foreach(line IN LISTS lines)
  string(FIND "${line}" "=" at)
  string(SUBSTRING "${line}" 0 ${at} path)
  math(EXPR at "${at} + 1")
  string(SUBSTRING "${line}" ${at} -1 file)
  string(REGEX MATCH "[^.]*$" suffix "${path}")
  if(NOT DEFINED type_of_${suffix})
    message(FATAL_ERROR "${path}: of which type is it? See the top of embed.cmake")
  endif()
  file(SHA256 "${file}" digest)
  string(SUBSTRING "${digest}" 0 20 tag)
  file(SIZE "${file}" size)
  set(immutable false)
  if(path MATCHES "^waggle-")
    set(immutable true)
  endif()
  string(APPEND bytes ".globl waggle_public_${number}\nwaggle_public_${number}:\n.incbin \"${file}\"\n")
  string(APPEND names "extern char const waggle_public_${number}[];\n")
  string(APPEND rows "      {.path = \"${path}\",\n       .content_type = \"${type_of_${suffix}}\",\n"
    "       .etag = \"\\\"${tag}\\\"\",\n       .bytes = {waggle_public_${number}, ${size}},\n"
    "       .immutable = ${immutable}},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND bytes ".section .note.GNU-stack,\"\",%progbits\n")
file(WRITE "${BYTES}" "${bytes}")
file(WRITE "${TABLE}" "// Made by server/web/public/embed.cmake.
#include \"server/web/public/public_assets.hpp\"

extern \"C\" {
${names}}

namespace waggle {

std::span<web_asset const> public_assets() {
  static web_asset const assets[] = {
${rows}  };
  return assets;
}

}  // namespace waggle
")
