#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the sample stream of watch.html anew, beside this script: 72 s in segments of 2 s, H.264
# baseline and AAC in fragmented MP4, about 1 MB. The picture is a comb on which bees dance their
# figure of eight; it shows the time and the number of the segment, as the page's map does.
# Needs ffmpeg with libx264 and drawtext, and the font DejaVu Sans. Takes less than a minute.
set -euo pipefail
cd "$(dirname "$0")"

seconds=72
segment=2
rate=20
size=640x360
segments=$((seconds / segment))
bold="$(fc-match -f '%{file}' 'DejaVu Sans:bold')"

# Two rectangular lattices make one of hexagons; the nearer centre is the cell's. Drawn once.
column=58
row=50.229
near="st(0,mod(X+7,$column)-$column/2);st(1,mod(Y+3,2*$row)-$row)"
near+=";st(2,mod(X+7+$column/2,$column)-$column/2);st(3,mod(Y+3+$row,2*$row)-$row)"
near+=";st(4,max(abs(ld(0)),abs(ld(0))/2+abs(ld(1))*0.866))"
near+=";st(5,max(abs(ld(2)),abs(ld(2))/2+abs(ld(3))*0.866))"
near+=";st(6,min(ld(4),ld(5)))"                                   # 0 in the centre, 29 at the wall
near+=";st(7,clip((ld(6)-25.2)/1.6,0,1))"                         # the wall
near+=";st(8,exp(-hypot((X-320)/330,(Y-165)/190)^2))"             # light in the middle
comb="geq=r='$near;(30+ld(8)*(70+ld(6)*1.1))*(1-ld(7))+ld(7)*(70+ld(8)*165)'"
comb+=":g='$near;(21+ld(8)*(42+ld(6)*0.8))*(1-ld(7))+ld(7)*(48+ld(8)*122)'"
comb+=":b='$near;(10+ld(8)*6)*(1-ld(7))+ld(7)*(18+ld(8)*16)'"

# A round spot: diameter, colour, opacity.
spot() {
  local alpha="clip(($1/2-hypot(X-$1/2+0.5,Y-$1/2+0.5))/1.2,0,1)*$3"
  echo "color=$2:s=$1x$1:r=1:d=1,format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='$alpha*255'"
}

# Bees follow each other along a lemniscate: 6 s a round.
graph="color=black:s=$size:r=1:d=1,format=gbrp,$comb,loop=-1:1:0,setpts=N/$rate/TB,fps=$rate,format=yuv420p[v0];"
bees=7
for ((bee = 0; bee < bees; ++bee)); do
  diameter=$((12 + 3 * bee + (bee == bees - 1 ? 6 : 0)))
  angle="(2*PI*(t/6)-0.16*$((bees - 1 - bee)))"
  x="320+205*cos($angle)/(1+sin($angle)^2)-w/2"
  y="150+205*sin($angle)*cos($angle)/(1+sin($angle)^2)-h/2"
  opacity="$(awk "BEGIN { print 0.25 + 0.75 * ($bee / ($bees - 1)) ^ 2 }")"
  colour=$([[ $bee -eq $((bees - 1)) ]] && echo 0xfff3cf || echo 0xf7b51c)
  graph+="$(spot "$diameter" "$colour" "$opacity"),loop=-1:1:0,setpts=N/$rate/TB,fps=$rate[bee$bee];"
  graph+="[v$bee][bee$bee]overlay=x='$x':y='$y':eval=frame[v$((bee + 1))];"
done
graph+="color=0xf7b51c:s=640x6:r=$rate[bar];"
graph+="[v$bees][bar]overlay=x='-W+W*t/$seconds':y=H-h:eval=frame,"
graph+="drawbox=x=0:y=290:w=iw:h=64:color=black@0.45:t=fill,"
graph+="drawtext=fontfile=$bold:fontsize=44:fontcolor=white:x=24:y=303:text='%{pts\:gmtime\:0\:%M\\\\\:%S}',"
graph+="drawtext=fontfile=$bold:fontsize=20:fontcolor=0xffd76a:x=w-tw-24:y=314"
graph+=":text='segment %{eif\:trunc(t/$segment)+1\:d} of $segments'[picture];"

# A minor pentatonic scale over a quiet hum.
note='st(0,mod(floor(2*t)*3+floor(t/2),5))'
note+=';st(1,220*pow(2,(eq(ld(0),1)*3+eq(ld(0),2)*5+eq(ld(0),3)*7+eq(ld(0),4)*10)/12))'
note+=';0.22*exp(-4*mod(t,0.5))*sin(2*PI*ld(1)*t)+0.04*sin(2*PI*110*t)*(1+0.5*sin(2*PI*t/6))'
graph+="aevalsrc='$note':s=44100:c=mono,afade=t=in:d=1,afade=t=out:st=$((seconds - 2)):d=2[sound]"

rm -f index.m3u8 init.mp4 segment-*.m4s
ffmpeg -hide_banner -loglevel error -y -filter_complex "$graph" \
  -map '[picture]' -map '[sound]' -t $seconds -map_metadata -1 -fflags +bitexact \
  -c:v libx264 -profile:v baseline -preset slower -tune animation -crf 35 -pix_fmt yuv420p \
  -g $((rate * segment)) -keyint_min $((rate * segment)) -sc_threshold 0 \
  -c:a aac -b:a 24k -ac 1 -flags +bitexact \
  -f hls -hls_time $segment -hls_playlist_type vod -hls_list_size 0 \
  -hls_segment_type fmp4 -hls_fmp4_init_filename init.mp4 \
  -hls_segment_filename 'segment-%02d.m4s' index.m3u8
sed -i '1a # SPDX-License-Identifier: Apache-2.0' index.m3u8
du -cb index.m3u8 init.mp4 segment-*.m4s | tail -1
