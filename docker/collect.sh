#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: collect.sh PROGRAM FOLDER, at the root of the sources
# Lays out the root folder of the image: the stripped program, the libraries and the loader that it
# names, an account, an empty configuration. What is forgotten here shows at once: the program must
# start in there.
set -eu
program=$1
folder=$2
here=$(dirname "$0")

install -D -s -m 755 "$program" "$folder/usr/bin/waggle"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
  install -D -m 755 "$library" "$folder$library"
done
# Licences ask to travel with their programs: our own, those of the libraries, and those of the
# headers that are compiled in (the one of Boost asks nothing of object code).
install -D -m 644 LICENSE "$folder/usr/share/doc/waggle/LICENSE"
libraries=$(for library in "$folder"/lib/*/lib*; do
  dpkg-query -S "*/$(basename "$library")" | head -n 1 | cut -d : -f 1
done)
for package in $libraries nlohmann-json3-dev libcli11-dev; do
  install -D -m 644 "/usr/share/doc/$package/copyright" "$folder/usr/share/doc/$package/copyright"
done

install -D -m 644 "$here/waggle.json" "$folder/etc/waggle/waggle.json"
printf '%s\n' 'root:x:0:0:root:/:/none' 'waggle:x:65532:65532:waggle:/:/none' >"$folder/etc/passwd"
printf '%s\n' 'root:x:0:' 'waggle:x:65532:' >"$folder/etc/group"

chroot "$folder" /usr/bin/waggle version
chroot "$folder" /usr/bin/waggle check-config --config /etc/waggle/waggle.json
