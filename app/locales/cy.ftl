# Geiriau'r tudalennau cyhoeddus, yn Gymraeg.
skip = Neidio i'r prif gynnwys
home = Hafan
nav-main = Prif ddewislen
nav-search = Chwilio
nav-topics = Pynciau
nav-about = Ynghylch
nav-sign-in = Mewngofnodi staff
other-language = English
theme = Newid lliwiau
theme-system = Lliwiau'r system
theme-light = Lliwiau golau
theme-dark = Lliwiau tywyll
breadcrumb = Briwsion bara
search-label = Chwilio setiau data
search-button = Chwilio
search-hint = Rhowch gynnig ar chwyddiant, poblogaeth, neu garbon deuocsid
suggestions = Awgrymiadau
footer-explore = Archwilio
footer-help = Cymorth
footer-developers = I ddatblygwyr
footer-accessibility = Hygyrchedd
footer-api = API JSON
footer-licence = Cyhoeddir y ffigurau o dan y drwydded a enwir ar bob set ddata.
home-title = Ffigurau y gallwch ddibynnu arnynt
home-lead = Setiau data swyddogol ac agored: dewch o hyd iddynt, darllenwch nhw, a lawrlwythwch bob fersiwn a fu.
home-count = { $n ->
    [zero] Dim setiau data
    [one] { $n } set ddata
    [two] { $n } set ddata
    [few] { $n } set ddata
    [many] { $n } set ddata
   *[other] { $n } set ddata
  } i'w chwilio
home-headline = Ffigur diweddar
home-latest = Datganiadau diweddaraf
home-all = Gweld pob set ddata
home-topics = Pori yn ôl pwnc
topics-title = Pynciau
topics-lead = Mae pob set ddata yn perthyn i un pwnc neu fwy.
topic-n = { $n ->
    [zero] Dim setiau data
   *[other] { $n } set ddata
  }
topic-subtopics = O fewn y pwnc hwn
topic-datasets = Setiau data
topic-none = Nid oes dim wedi'i gyhoeddi ar y pwnc hwn eto.
search-title = Chwilio
search-results = { $n ->
    [zero] Dim setiau data
   *[other] { $n } set ddata
  }
search-for = ar gyfer “{ $q }”
search-sort = Trefnu yn ôl
sort-relevance = Perthnasedd
sort-newest = Diweddaraf
sort-title = Teitl
search-filters = Hidlyddion
search-apply = Defnyddio hidlyddion
search-clear = Clirio pob hidlydd
search-remove = dileu
search-meant = Ai dyma oeddech chi'n ei feddwl
search-empty = Nid oes setiau data'n cyfateb i “{ $q }”
search-empty-filters = Nid oes setiau data'n cyfateb i'r hidlyddion hyn
search-empty-help = Gwiriwch y sillafu, defnyddiwch lai o eiriau neu eiriau mwy cyffredinol, neu tynnwch hidlyddion.
facet-topics = Pwnc
facet-formats = Fformat
facet-years = Blwyddyn rhyddhau
facet-frequency = Pa mor aml y'i rhyddheir
facet-designation = Ansawdd
facet-departments = Adran
pages = Tudalennau
previous = Blaenorol
next = Nesaf
released = Rhyddhawyd
next-release = Datganiad nesaf
edition = Argraffiad
version-n = Fersiwn { $n }
latest-version = Diweddaraf
not-latest = Nid dyma'r fersiwn ddiweddaraf.
archived = Fersiwn wedi’i archifo
archived-text = Cedwir ffeiliau’r fersiwn hon yn yr archif. Gellir eu lawrlwytho o hyd.
see-latest = Gweld y fersiwn ddiweddaraf
download = Lawrlwytho { $format }
rows = { $n } rhes
columns = { $n } colofn
all-files = Pob ffeil
on-this-page = Ar y dudalen hon
chart = Siart
table = Tabl
table-caption = { $title }: y { $shown } rhes gyntaf o { $rows }
table-more = Mae'r lawrlwythiad yn cynnwys pob un o'r { $rows } rhes.
changes = Beth a newidiodd yn y fersiwn hon
notes = Nodiadau ar ddefnyddio'r ffigurau hyn
about-dataset = Ynghylch y set ddata hon
versions = Pob fersiwn
editions = Pob argraffiad
related = Cysylltiedig
correction = Cywiriad
alert = Hysbysiad
contact = Cyswllt
licence = Trwydded
quality = Ansawdd
frequency = Rhyddheir
unit = Uned
coverage-time = Cyfnod
coverage-area = Ardal
publisher = Cyhoeddwr
department = Adran
survey = Arolwg
keywords = Allweddeiriau
topics = Pynciau
methods = Dulliau
publications = Cyhoeddiadau
json-api = Y set ddata hon fel JSON
quality-accredited-official = Ystadegau swyddogol achrededig
quality-official = Ystadegau swyddogol
quality-official-in-development = Ystadegau swyddogol wrthi'n cael eu datblygu
quality-no-accreditation = Nid ystadegau swyddogol
change-on = { $change } o gymharu â { $period }
change-none = Dim newid o gymharu â { $period }
chart-source = Ffynhonnell: { $publisher }. Rhyddhawyd { $date }.
not-found-title = Heb ddod o hyd i'r dudalen
not-found-text = Gwiriwch y cyfeiriad, neu chwiliwch am yr hyn sydd ei angen arnoch. Mae set ddata'n ymddangos yma o'r eiliad y caiff ei chyhoeddi.
fault-title = Aeth rhywbeth o'i le
fault-text = Ein bai ni ydyw ac mae wedi'i nodi. Rhowch gynnig arall arni ymhen eiliad.
about-title = Ynghylch y catalog hwn
about-lead = Un lle ar gyfer pob set ddata y mae'r swyddfa yn ei chyhoeddi, gyda phob fersiwn wedi'i chadw.
about-find = Canfod a darllen
about-find-text = Chwiliwch drwy eiriau neu porwch yn ôl pwnc. Mae pob set ddata'n agor gyda'i ffigur diweddaraf, siart lle mae'r ffigurau'n gyfres, rhesi cyntaf y tabl, a'r hyn a newidiodd ers y fersiwn flaenorol.
about-download = Lawrlwytho
about-download-text = Y ffeiliau yw'r union rai a gymeradwywyd. Dangosir eu symiau gwirio SHA-256, ac nid yw cyfeiriad fersiwn byth yn newid yr hyn y mae'n ei roi.
about-api = Ar gyfer rhaglenni
about-api-text = Mae popeth cyhoeddus yno hefyd fel JSON, er enghraifft { $address }. Nid oes angen allwedd i ddarllen.
accessibility-title = Hygyrchedd
accessibility-lead = Dylai pawb allu dod o hyd i'r ffigurau a'u darllen.
accessibility-text = Mae'r tudalennau'n gweithio heb sgriptiau, gyda bysellfwrdd yn unig, gyda darllenwyr sgrin ac ar bedair gwaith y maint. Daw siartiau gyda'r tabl y maent wedi'u tynnu ohono. Anelwn at Ganllawiau Hygyrchedd Cynnwys y We 2.2, lefel AA.
accessibility-tell = Os oes rhywbeth yn eich rhwystro, ysgrifennwch at y cyswllt a enwir ar y set ddata, a byddwn yn ei gywiro.
nav-releases = Datganiadau
releases-title = Calendr datganiadau
releases-lead = Beth fydd yn cael ei gyhoeddi a phryd, a beth a gyhoeddwyd. Amserau'r DU yw'r amserau.
releases-filter = Hidlo datganiadau
releases-words = Geiriau yn y teitl
releases-month = Mis
releases-any-month = Unrhyw fis
releases-state = Statws
releases-any-state = Unrhyw statws
releases-subscribe = Ychwanegu at eich calendr
releases-count = { $n ->
    [zero] Dim datganiadau
   *[other] { $n } datganiad
  }
releases-none-upcoming = Nid oes unrhyw ddatganiadau i ddod yn cyfateb
releases-none-published = Nid oes unrhyw ddatganiadau a gyhoeddwyd yn cyfateb
releases-none-cancelled = Nid oes unrhyw ddatganiadau a ganslwyd yn cyfateb
releases-none-help = Dewiswch fis neu statws arall, neu defnyddiwch lai o eiriau.
release-view-upcoming = I ddod
release-view-published = Cyhoeddwyd
release-view-cancelled = Canslwyd
release-state-provisional = Dros dro
release-state-confirmed = Cadarnhawyd
release-state-postponed = Gohiriwyd
release-state-cancelled = Canslwyd
release-state-published = Cyhoeddwyd
release-date = Dyddiad rhyddhau
release-tbc = Dyddiad i'w gadarnhau
release-published-at = Cyhoeddwyd { $when }
release-changes = Newidiadau i'r datganiad hwn
release-change-date_changed = Newidiwyd y dyddiad o { $previous } i { $date }
release-change-postponed = Gohiriwyd o { $previous }; dyddiad newydd: { $date }
release-change-cancelled = Canslwyd; roedd disgwyl: { $previous }
release-datasets = Cyhoeddwyd yn y datganiad hwn
release-version = Argraffiad { $edition }, fersiwn { $version }
release-about = Ynghylch y datganiad hwn
release-not-yet = Bydd y ffigurau'n ymddangos yma ar adeg y datganiad, a dim ohonynt cyn hynny.
release-log = Pryd roedd i fod a phryd y daeth, gyda hashys ei ffeiliau: cofnod cyhoeddi
log-title = Cofnod cyhoeddi
log-lead = Beth a gyhoeddwyd a phryd, wrth ymyl pryd roedd i fod. Mae pob cofnod yn dal hash yr un cynt, fel na ellir newid yr un heb i neb sylwi. Amserau'r DU yw'r amserau.
log-count = { $n ->
    [zero] Dim cyhoeddiadau
    [one] { $n } cyhoeddiad
   *[other] { $n } cyhoeddiad
  }
log-release = Datganiad
log-scheduled = Amser a bennwyd
log-published = Cyhoeddwyd
log-delay = Oedi
log-by-hand = Cyhoeddwyd â llaw
log-details = Ffeiliau a hashys
log-record = Cofnod { $n }
log-previous = Y cofnod cynt
log-more = { $n ->
    [one] a { $n } arall
   *[other] a { $n } arall
  }
log-only-dataset = Dim ond cyhoeddiadau'r set ddata { $id } a ddangosir.
log-only-release = Dim ond cyhoeddiad y datganiad { $id } a ddangosir.
log-all = Dangos pob cyhoeddiad
log-none = Nid oes dim wedi'i gyhoeddi eto
log-none-help = Mae pob cyhoeddiad yn ymddangos yma yr eiliad y daw'n gyhoeddus.
log-none-match = Nid oes unrhyw gyhoeddiadau yn cyfateb
log-none-match-help = Mae'r cofnod yn dechrau pan ddechreuodd y catalog ei gadw; nid yw cyhoeddiadau cynharach ynddo.
log-check = Gwiriwch ef eich hun
log-check-text = Hash cofnod yw SHA-256 dros y cofnod fel JSON heb ei hash, ei aelodau yn nhrefn eu henwau, heb fylchau (RFC 8785). Cymharwch yr hyn y mae hyn yn ei argraffu â hash y cofnod diweddaraf. Gall pwy bynnag sy'n cadw hash brofi yn nes ymlaen na chyfnewidiwyd dim hyd yno.
log-check-example = Gorchmynion sy'n gwneud hash y cofnod diweddaraf
log-verify = Gwirio'r cofnod cyfan nawr
log-json = Y cofnod ar gyfer rhaglenni
developers-title = I ddatblygwyr
developers-lead = Gall rhaglenni ddarllen popeth ar y wefan hon, a gwneud popeth y mae golygyddion yn ei wneud. Nid oes angen allwedd i ddarllen.
developers-group = { $title }, i ddatblygwyr
developers-starts = Dechrau'n gyflym
developers-change = Newid rhywbeth
developers-ways = Sut mae'r API yn gweithio
developers-key = Allweddi a hawliau
developers-key-text = I ysgrifennu mae angen tocyn gwasanaeth yn y pennawd Authorization, neu sesiwn ar y wefan hon, gyda'r hawl a enwir gyda phob gweithred.
developers-pages = Rhestrau
developers-pages-text = Daw rhestrau mewn tudalennau: mae limit ac offset yn dewis y rhan, ac mae next a previous yn arwain at y rhai nesaf ati.
developers-changes = Newidiadau
developers-changes-text = Anfonwch dag yr hyn a ddarllenwyd gennych yn If-Match, fel na fydd neb yn ysgrifennu dros yr hyn nad yw wedi ei weld. Gellir ailadrodd POST gydag Idempotency-Key yn ddiogel.
developers-errors = Gwallau
developers-errors-text = Mae gan bob gwall god sefydlog, brawddeg, a rhif adnabod y cais. Atebir yr hyn na chewch wybod amdano fel yr hyn nad yw'n bod.
developers-reference = Cyfeirlyfr
developers-document = Y cyfan fel dogfen OpenAPI
developers-english = Mae'r cyfeirlyfr yn Saesneg.
developers-permission = Hawl
developers-public = Nid oes angen allwedd
developers-signed-in = I bawb sydd wedi mewngofnodi
developers-unprefixed = Hefyd heb /v1
developers-parameters = Paramedrau
developers-name = Enw
developers-place = Yn
developers-type = Math
developers-meaning = Ystyr
developers-example = Enghraifft
developers-needed = angenrheidiol
developers-optional = gellir ei hepgor
developers-body = Corff
developers-members = Ei aelodau
developers-answers = Atebion
developers-shape = Enghraifft ac aelodau
developers-all-errors = Gwallau
developers-try = Rhowch gynnig arni
developers-try-hint = Yn agor ateb y wefan hon fel JSON.
developers-send = Anfon
