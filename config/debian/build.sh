#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: config/debian/build.sh PROGRAM FOLDER
# Makes a Debian package of the built program and leaves it in FOLDER (./dev package). The version is the
# one that the program says; the libraries it depends on are those it was linked with on this machine.
set -euo pipefail
umask 022
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
program=$(readlink -f "${1:?usage: build.sh PROGRAM FOLDER}")
mkdir -p "${2:?usage: build.sh PROGRAM FOLDER}"
folder=$(cd "$2" && pwd)

tree=$folder/waggle
rm -rf "$tree" "$folder"/waggle_*.deb
mkdir -p "$tree/DEBIAN"

# put MODE FROM TO: into the package.
put() { install -D -m "$1" "$2" "$tree/$3"; }

put 755 "$program" usr/bin/waggle
strip --strip-unneeded "$tree/usr/bin/waggle"
put 644 "$root/config/systemd/waggle.service" lib/systemd/system/waggle.service
put 644 "$here/waggle.json" etc/waggle/waggle.json

documents=usr/share/doc/waggle
put 644 "$here/copyright" "$documents/copyright"
# The licences of headers that are compiled in ask to travel along (Boost's asks nothing of object code).
for library in nlohmann-json3-dev libcli11-dev; do
  put 644 "/usr/share/doc/$library/copyright" "$documents/copyright.$library"
done
put 644 "$root/CHANGELOG.md" "$documents/CHANGELOG.md"
for page in operations configuration api dashboard metrics errors; do
  put 644 "$root/docs/$page.md" "$documents/$page.md"
done
put 644 "$root/config/profiles/waggle.json" "$documents/examples/waggle.json"
put 644 "$root/config/profiles/proxy.json" "$documents/examples/proxy.json"
put 644 "$root/docker/prometheus/alerts.yml" "$documents/examples/alerts.yml"
put 644 "$root/docker/grafana/dashboards/waggle.json" "$documents/examples/grafana-dashboard.json"

version=$("$program" version)
version=${version#waggle }
architecture=$(dpkg --print-architecture)
# dpkg-shlibdeps wants to stand in a source package.
mkdir -p "$folder/source/debian"
echo 'Source: waggle' >"$folder/source/debian/control"
libraries=$(cd "$folder/source" && dpkg-shlibdeps -O "$tree/usr/bin/waggle" 2>/dev/null)
libraries=${libraries#shlibs:Depends=}
[[ $libraries == *libc6* ]] || { echo "dpkg-shlibdeps found no libraries: $libraries" >&2 && exit 1; }

size=$(du -k -s --apparent-size "$tree" | cut -f 1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
  -e "s/@LIBRARIES@/$libraries/" "$here/control" >"$tree/DEBIAN/control"
put 644 "$here/conffiles" DEBIAN/conffiles
for script in postinst prerm postrm; do put 755 "$here/$script" "DEBIAN/$script"; done
(cd "$tree" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$folder/md5sums"
put 644 "$folder/md5sums" DEBIAN/md5sums

package=$folder/waggle_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$tree" "$package" >/dev/null
rm -rf "$tree" "$folder/source" "$folder/md5sums"
printf 'package %s size=%d KB\n' "$package" $((($(stat -c %s "$package") + 500) / 1000))
