/**
 * Countries as discs: code, centre (degrees north and east), radius (km) that covers the land the code is used for, and
 * neighbours, by land or by a bridge, tunnel or short ferry. Reckoned from Natural Earth's 1:50m map (public domain).
 */
const PACKED = `
AD|42.5|1.6|20|ES,FR AE|23.9|54.3|310|OM,SA AF|33.8|65.9|900|CN,IR,PK,TJ,TM,UZ AG|17.3|-61.8|50 AI|18.2|-63.1|20
AL|41.1|20.1|180|GR,ME,MK,XK AM|40.3|44.9|210|AZ,GE,IR,TR AO|-12.3|17.5|1030|CD,CG,NA,ZM AQ|-77.4|-71.4|4170
AR|-34.6|-64.8|2280|BO,BR,CL,PY,UY AS|-14.3|-170.7|20 AT|47.6|14.1|350|CH,CZ,DE,HU,IT,LI,SI,SK
AU|-25.9|134.4|3790 AW|12.5|-70|20 AX|60.2|20|50 AZ|40.3|47.5|250|AM,GE,IR,RU,TR BA|44.2|17.8|200|HR,ME,RS
BB|13.2|-59.6|20 BD|23.9|90.2|410|IN,MM BE|50.6|4.6|160|DE,FR,LU,NL BF|12.3|-1.8|460|BJ,CI,GH,ML,NE,TG
BG|42.8|25.2|300|GR,MK,RO,RS,TR BH|26|50.5|30|SA BI|-3.4|29.9|140|CD,RW,TZ BJ|9.6|2.3|390|BF,NE,NG,TG
BL|17.9|-62.8|10 BM|32.3|-64.8|20 BN|4.5|114.7|80|MY BO|-16.7|-64.7|830|AR,BR,CL,PE,PY BQ|12.2|-68.3|900
BR|-10.6|-53.3|2580|AR,BO,CO,GF,GY,PE,PY,SR,UY,VE BS|24.3|-76.6|510 BT|27.4|90.4|180|CN,IN
BW|-22.2|23.8|610|NA,ZA,ZW BY|53.5|28|380|LT,LV,PL,RU,UA BZ|17.2|-88.7|160|GT,MX CA|60.7|-96.9|3200|US
CC|-12.2|96.8|30 CD|-2.9|23.6|1360|AO,BI,CF,CG,RW,SS,TZ,UG,ZM CF|6.6|20.5|790|CD,CG,CM,SD,SS,TD
CG|-0.8|15.2|620|AO,CD,CF,CM,GA CH|46.8|8.2|190|AT,DE,FR,IT,LI CI|7.6|-5.6|430|BF,GH,GN,LR,ML CK|-21.2|-159.8|10
CL|-36|-71|3750|AR,BO,PE CM|5.7|12.7|840|CF,CG,GA,GQ,NG,TD
CN|36.7|103.4|2840|AF,BT,HK,IN,KG,KP,KZ,LA,MM,MN,MO,NP,PK,RU,TJ,VN CO|3.9|-73.1|970|BR,EC,PA,PE,VE
CR|10|-84.2|260|NI,PA CU|21.6|-79|610 CV|16|-24|200 CW|12.2|-69|30 CX|-10.5|105.7|30 CY|34.9|33|100
CZ|49.7|15.3|260|AT,DE,PL,SK DE|51.1|10.4|470|AT,BE,CH,CZ,DK,FR,LU,NL,PL DJ|11.7|42.6|130|ER,ET
DK|56|10|340|DE,SE DM|15.4|-61.4|30 DO|18.9|-70.5|240|HT DZ|28|2.6|1140|EH,LY,MA,ML,MR,NE,TN
EC|-1.4|-78.8|1450|CO,PE EE|58.7|25.5|230|FI,LV,RU EG|26.5|29.9|870|IL,LY,PS,SD EH|24.2|-12.3|630|DZ,MA,MR
ER|15.4|38.9|550|DJ,ET,SD ES|40.2|-3.7|1920|AD,FR,GI,PT ET|8.6|39.6|930|DJ,ER,KE,SD,SO,SS
FI|64.3|26.2|650|EE,NO,RU,SE FJ|-17.4|178.5|630 FK|-51.7|-59.4|130 FM|7.5|153.3|1690 FO|62.1|-6.9|80
FR|46.5|2.6|780|AD,BE,CH,DE,ES,GB,IT,LU,MC GA|-0.6|11.8|380|CG,CM,GQ GB|54|-2.8|770|FR,GG,IE,IM,JE
GD|12.1|-61.7|20 GE|42.2|43.5|330|AM,AZ,RU,TR GF|3.9|-53.1|300|BR,SR GG|49.5|-2.6|10|GB GH|7.9|-1.2|390|BF,CI,TG
GI|36.1|-5.3|10|ES GL|73.1|-41.8|1490 GM|13.5|-15.4|170|SN GN|10.4|-10.9|460|CI,GW,LR,ML,SL,SN GP|16.2|-61.6|70
GQ|1.7|10.3|300|CM,GA GR|39|23|570|AL,BG,MK,TR GS|-54.5|-36.5|780 GT|15.7|-90.4|270|BZ,HN,MX,SV GU|13.4|144.8|30
GW|12|-14.9|200|GN,SN GY|4.8|-59|440|BR,SR,VE HK|22.4|114.1|40|CN,MO HM|-53.1|73.5|30 HN|14.8|-86.6|380|GT,NI,SV
HR|45.1|16.4|340|BA,HU,ME,RS,SI HT|18.9|-72.7|200|DO HU|47.2|19.4|280|AT,HR,RO,RS,SI,SK,UA
ID|-2.3|117.2|2740|MY,PG,TL IE|53.2|-8.1|260|GB IL|31.5|35|240|EG,JO,LB,PS,SY IM|54.2|-4.5|30|GB
IN|22.8|79.6|2350|BD,BT,CN,MM,NP,PK IO|-7.3|72.4|20 IQ|33|43.8|570|IR,JO,KW,SA,SY,TR
IR|32.5|54.4|1210|AF,AM,AZ,IQ,PK,TM,TR IS|65|-18.6|290 IT|42.7|12.2|720|AT,CH,FR,SI,SM,VA JE|49.2|-2.1|10|GB
JM|18.2|-77.3|120 JO|31.2|36.8|310|IL,IQ,PS,SA,SY JP|37.5|137.7|1980 KE|0.6|37.8|620|ET,SO,SS,TZ,UG
KG|41.5|74.5|490|CN,KZ,TJ,UZ KH|12.7|104.9|360|LA,TH,VN KI|0.9|-167.9|2520 KM|-11.9|43.7|110 KN|17.3|-62.7|30
KP|40.1|127.2|400|CN,KR,RU KR|36.4|127.8|390|KP KW|29.3|47.6|130|IQ,SA KY|19.4|-80.9|130
KZ|48.4|67.3|1520|CN,KG,RU,TM,UZ LA|18.5|103.8|590|CN,KH,MM,TH,VN LB|33.9|35.9|120|IL,SY LC|13.9|-61|30
LI|47.1|9.5|20|AT,CH LK|7.6|80.7|260 LR|6.5|-9.3|310|CI,GN,SL LS|-29.6|28.2|130|ZA LT|55.3|23.9|200|BY,LV,PL,RU
LU|49.8|6.1|50|BE,DE,FR LV|56.9|24.9|260|BY,EE,LT,RU LY|27|18.1|1060|DZ,EG,NE,SD,TD,TN MA|29.8|-8.7|1250|DZ,EH
MC|43.8|7.4|10|FR MD|47.2|28.5|200|RO,UA ME|42.8|19.2|110|AL,BA,HR,RS,XK MF|18.1|-63.1|10|SX MG|-19.3|46.7|850
MH|7|170.3|600 MK|41.6|21.7|120|AL,BG,GR,RS,XK ML|17.3|-3.6|1030|BF,CI,DZ,GN,MR,NE,SN
MM|21.1|96.5|1270|BD,CN,IN,LA,TH MN|46.9|103.1|1280|CN,RU MO|22.2|113.5|10|CN,HK MP|15.8|145.6|340
MQ|14.6|-61|60 MR|20.2|-10.4|820|DZ,EH,ML,SN MS|16.7|-62.2|10 MT|35.9|14.4|30 MU|-20.3|57.6|40 MV|3.7|73.5|60
MW|-13.2|34.3|450|MZ,TZ,ZM MX|23.9|-102.2|1750|BZ,GT,US MY|3.8|109.7|1160|BN,ID,SG,TH
MZ|-17.2|35.6|1130|MW,SZ,TZ,ZA,ZM,ZW NA|-22.1|17.2|970|AO,BW,ZA,ZM NC|-21.3|165.7|650
NE|17.4|9.3|1040|BF,BJ,DZ,LY,ML,NG,TD NF|-29.1|167.9|10 NG|9.6|8.1|770|BJ,CM,NE,TD NI|12.8|-85|320|CR,HN
NL|52.3|5.6|190|BE,DE NO|64|12.3|1200|FI,RU,SE NP|28.3|83.9|460|CN,IN NR|-0.5|166.9|10 NU|-19|-169.9|20
NZ|-41.7|172.9|3960 OM|20.6|56.1|650|AE,SA,YE PA|8.5|-80.1|330|CO,CR PE|-9.1|-74.4|1130|BO,BR,CL,CO,EC
PF|-14.7|-144.8|1010 PG|-6.5|145.2|1190|ID PH|11.7|122.9|1020 PK|29.9|69.2|980|AF,CN,IN,IR
PL|52.1|19.4|420|BY,CZ,DE,LT,RU,SK,UA PM|46.9|-56.3|30 PN|-24.4|-128.3|10 PR|18.2|-66.5|160
PS|31.9|35.2|120|EG,IL,JO PT|39.6|-8.5|1950|ES PW|7.3|134.4|600 PY|-23.2|-58.4|550|AR,BO,BR QA|25.3|51.2|100|SA
RE|-21.1|55.5|60 RO|45.8|25|380|BG,HU,MD,RS,UA RS|44.2|20.8|250|BA,BG,HR,HU,ME,MK,RO,XK
RU|67.1|97.9|4460|AZ,BY,CN,EE,FI,GE,KP,KZ,LT,LV,MN,NO,PL,UA RW|-2|29.9|140|BI,CD,TZ,UG
SA|24.1|44.7|1160|AE,BH,IQ,JO,KW,OM,QA,YE SB|-8.9|159.6|860 SC|-4.7|55.5|20 SD|16|29.9|1060|CF,EG,ER,ET,LY,SS,TD
SE|62.4|16.3|800|DK,FI,NO SG|1.4|103.8|20|MY SH|-12.4|-9.7|720 SI|46.1|14.8|150|AT,HR,HU,IT SJ|78.7|16.2|600
SK|48.7|19.5|230|AT,CZ,HU,PL,UA SL|8.6|-11.8|190|GN,LR SM|43.9|12.5|10|IT SN|14.4|-14.5|400|GM,GN,GW,ML,MR
SO|4.7|45.7|1010|ET,KE SR|4.1|-55.9|280|BR,GF,GY SS|7.3|30.3|690|CD,CF,ET,KE,SD,UG ST|0.4|6.7|160
SV|13.7|-88.9|140|GT,HN SX|18.1|-63.1|10|MF SY|35|38.5|430|IL,IQ,JO,LB,TR SZ|-26.6|31.5|100|MZ,ZA TC|21.8|-72|40
TD|15.3|18.6|950|CF,CM,LY,NE,NG,SD TF|-49.3|69.2|1350 TG|8.5|1|320|BF,BJ,GH TH|15.1|101|1060|KH,LA,MM,MY
TJ|38.5|71|390|AF,CN,KG,UZ TK|-9.2|-171.8|120 TL|-8.8|125.8|210|ID TM|39.1|59.4|660|AF,IR,KZ,UZ
TN|34.1|9.6|430|DZ,LY TO|-20.4|-174.8|230 TR|39.1|35.2|870|AM,AZ,BG,GE,GR,IQ,IR,SY TT|10.5|-61.3|130
TW|23.7|121|290 TZ|-6.3|34.8|780|BI,CD,KE,MW,MZ,RW,UG,ZM UA|49.2|31.3|680|BY,HU,MD,PL,RO,RU,SK
UG|1.3|32.4|430|CD,KE,RW,SS,TZ UM|19.3|166.6|5000 US|44.8|-103.8|5840|CA,MX UY|-32.8|-56|330|AR,BR
UZ|41.8|63.3|830|AF,KG,KZ,TJ,TM VA|41.9|12.4|10|IT VC|13.2|-61.2|70 VE|7.1|-66.2|830|BR,CO,GY VG|18.5|-64.5|40
VI|18|-64.8|60 VN|16.6|106.3|910|CN,KH,LA VU|-16.2|167.7|510 WF|-13.9|-177.3|150 WS|-13.8|-172.2|90
XK|42.6|20.9|120|AL,ME,MK,RS YE|15.9|47.6|840|OM,SA YT|-12.8|45.1|40 ZA|-29|25.3|2280|BW,LS,MZ,NA,SZ,ZW
ZM|-13.5|27.8|730|AO,CD,MW,MZ,NA,TZ,ZW ZW|-19|29.9|510|BW,MZ,ZA,ZM
`;

export interface Country {
  lat: number;
  lon: number;
  /** Kilometres. */
  radius: number;
  neighbours: readonly string[];
}

const COUNTRIES = new Map<string, Country>(
  PACKED.trim()
    .split(/\s+/)
    .map((row) => {
      const [code, lat, lon, radius, near] = row.split('|') as [string, string, string, string, string?];
      return [code, { lat: +lat, lon: +lon, radius: +radius, neighbours: near?.split(',') ?? [] }];
    }),
);

/** Names that sources write and that differ from those of CLDR. */
const ALSO: Record<string, string> = {
  'czech republic': 'CZ',
  'hong kong': 'HK',
  'korea, republic of': 'KR',
  'republic of korea': 'KR',
  'russian federation': 'RU',
  'the netherlands': 'NL',
  macao: 'MO',
  turkey: 'TR',
  uk: 'GB',
  usa: 'US',
  'united states of america': 'US',
  'viet nam': 'VN',
};

let names: Map<string, string> | null = null;

function byName(): Map<string, string> {
  if (names) return names;
  const english = new Intl.DisplayNames(['en'], { type: 'region' });
  names = new Map(Object.entries(ALSO));
  for (const code of COUNTRIES.keys()) names.set((english.of(code) ?? code).toLowerCase(), code);
  return names;
}

/** ISO 3166-1 alpha-2 of a code or an English name. null: it is neither (`us-east-1`, `eu`). */
export function countryOf(text: string | null | undefined): string | null {
  if (!text) return null;
  const word = text.trim();
  if (word.length === 2) return COUNTRIES.has(word.toUpperCase()) ? word.toUpperCase() : null;
  return byName().get(word.toLowerCase()) ?? null;
}

const EARTH_KM = 6371;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** Kilometres between the centres of two discs on the sphere (haversine). */
function between(a: Country, b: Country): number {
  const half =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}

/**
 * Kilometres somebody has to travel at the least from one country to another: between the centres, less both radii. 0 within
 * a country, between neighbours, and where one is unknown.
 */
export function leastKm(from: string, to: string): number {
  const a = COUNTRIES.get(from);
  const b = COUNTRIES.get(to);
  if (!a || !b || from === to || a.neighbours.includes(to) || b.neighbours.includes(from)) return 0;
  return Math.max(0, Math.round(between(a, b) - a.radius - b.radius));
}
