// SPDX-License-Identifier: Apache-2.0
//
// What protocol/vectors/content_hashes.json is made of: manifests, and the same in the words of a
// registry of content.

const AUDIO = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound"';

export const MANIFESTS = [
  {
    name: 'live/ladder',
    url: 'https://cdn.example.org/live/ladder.m3u8?session=17&x=1',
    playlist: [
      '#EXTM3U',
      `${AUDIO},NAME=" Français",LANGUAGE="fr-CA",CHANNELS="2",DEFAULT=YES,URI="fr.m3u8"`,
      `${AUDIO},NAME="ΕΛΛΗΝΙΚΟΣ",LANGUAGE="el",CHANNELS="16/JOC",URI="el.m3u8"`,
      `${AUDIO},NAME="commentary",LANGUAGE="und",URI="commentary.m3u8"`,
      '#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="mp4a.40.2,avc1.66.30",AUDIO="sound"',
      'low.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=4521000,AVERAGE-BANDWIDTH=4000000,RESOLUTION=1920x1080,'
        + 'FRAME-RATE=29.970,VIDEO-RANGE=SDR,CODECS="avc1.64002A,mp4a.40.2",AUDIO="sound"',
      'high.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160,FRAME-RATE=60.000,VIDEO-RANGE=HLG,'
        + 'CODECS="hvc1.2.4.L153.B0,mp4a.40.2,stpp.ttml.im1t",AUDIO="sound"',
      'uhd.m3u8',
      '',
    ].join('\n'),
    streams: [
      { bitrate: 800000, width: 640, height: 360, codecs: 'avc1.66.30' },
      { bitrate: 4521000, width: 1920, height: 1080, codecs: 'avc1.64002A', frame_rate: 29.97, video_range: 'SDR' },
      { bitrate: 9000000, width: 3840, height: 2160, codecs: 'hvc1.2.4.L153.B0', frame_rate: 60, video_range: 'HLG' },
      { type: 'secondary', name: ' Français', language: 'fr-CA', channels: '2', codecs: 'mp4a.40.2' },
      { type: 'secondary', name: 'ΕΛΛΗΝΙΚΟΣ', language: 'el', channels: '16/JOC', codecs: 'mp4a.40.2' },
      { type: 'secondary', name: 'commentary', language: 'und', codecs: 'mp4a.40.2' },
    ],
  },
  {
    name: 'movies/twins',
    url: 'https://cdn.example.org/movies/twins/master.m3u8',
    playlist: [
      '#EXTM3U',
      '#EXT-X-STREAM-INF:BANDWIDTH=2500000,RESOLUTION=1280x720,CODECS="avc1.64001f,avc1.4D401F"',
      'a.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=3500000,RESOLUTION=1280x720,CODECS="avc1.64001f,avc1.4D401F"',
      'b.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=64000',
      'sound.m3u8',
      '',
    ].join('\n'),
    streams: [
      { bitrate: 2500000, width: 1280, height: 720, codecs: 'avc1.64001f,avc1.4D401F' },
      { bitrate: 3500000, width: 1280, height: 720, codecs: 'avc1.64001f,avc1.4D401F' },
      { bitrate: 64000 },
    ],
  },
  {
    name: 'radio/alone',
    url: 'http://127.0.0.1:8080/files/radio.m3u8',
    playlist: '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n0.ts\n#EXT-X-ENDLIST\n',
  },
];

/// Input and result as the library's own tests state them, where the bitrate plays no part.
export const PUBLISHED = [
  {
    content: {
      version: '5.0',
      streams: [{ codecs: 'avc1.64002a', width: 1920, height: 1080, frame_rate: '29.970', video_range: 'SDR' }],
    },
    infoHash: 'CS1X23XIwC3hMelxmX8z',
  },
  {
    content: {
      version: '5.0',
      streams: [{ codecs: 'avc1.64002a', width: 1920, height: 1080, frame_rate: 30, language: 'en', name: 'Wide' }],
    },
    infoHash: 'joEux5p8lWAcP8C0ak25',
  },
  {
    content: {
      version: '5.0',
      streams: [{ type: 'secondary', codecs: 'mp4a.40.2', language: 'en-US', channels: '2/0', name: 'English' }],
    },
    infoHash: 'A6g5A9j7J9F2myVq+nOB',
  },
  { content: { version: '5.0' }, infoHash: 's/SEXqQzSgMtVKrBDDMm' },
  {
    content: {
      version: '4.0',
      streams: [{ bitrate: 800000, codecs: 'avc1.66.30', width: 640, height: 360 }],
    },
    infoHash: 'KyXU7oYavEYFE/jxdEBu',
  },
  {
    content: {
      version: '3.1',
      streams: [{ type: 'secondary', codecs: 'mp4a.40.2', language: 'en-US', channels: '2/0', name: 'English' }],
    },
    infoHash: 'Brw7M7eJYTdtKRTVLdah',
  },
  {
    content: {
      version: '4',
      streams: [{ bitrate: 6000000, codecs: 'hvc1.2.4.L153.B0', width: 3840, height: 2160, frame_rate: 25, video_range: 'hlg' }],
    },
    infoHash: 'HC9QZIUjD8lNeTcsspkz',
  },
];

const letters = (first, last) => String.fromCodePoint(
  ...Array.from({ length: last - first + 1 }, (_, i) => first + i));

/// Texts whose small letters a server must know. A space between letters keeps the rule of the
/// final sigma out of the alphabets.
export const LETTERS = [
  ...[[0x20, 0x7E], [0xA0, 0x24F], [0x370, 0x3FF], [0x400, 0x58F], [0x1E00, 0x1EFF]].map(
    (range) => [...letters(...range)].join(' ')),
  'ΟΔΥΣΣΕΥΣ', 'Σ', 'ΑΣ Β', 'ΑΣΒ', 'Σ Α', 'İstanbul', 'ΑΣ.', 'Ångström 日本語 Ōsaka',
];
