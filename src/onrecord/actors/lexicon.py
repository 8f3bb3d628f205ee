"""Closed and half-closed word classes that the reading of mentions rests on. All lower case.

What a role noun says of its bearer beyond these (function, sector) is in the registry's ``nouns.tsv``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from onrecord.actors.fold import fold

__all__ = [
    "BODY_NOUNS",
    "DEFINITE",
    "FEMININE",
    "FUNCTION_WORDS",
    "HONORIFICS",
    "INDEFINITE",
    "MASCULINE",
    "ORG_WORDS",
    "PERSON_NOUNS",
    "PLURAL_PERSON",
    "POSSESSIVES",
    "PREPOSITIONS",
    "PRODUCT_NOUNS",
    "PRONOUNS",
    "SAME",
    "THING_WORDS",
    "TITLES",
    "US_STATES",
    "gender_of_bearer",
    "gender_of_given",
    "is_verb",
    "word_set",
]


def word_set(text: str) -> frozenset[str]:
    """The words of a string, parted by white space."""
    return frozenset(text.split())


#: Pronoun -> (person, number, gender, case). Gender: m, f, n or ? (any). Case: s(ubject), o(bject), p(ossessive), r(elative).
PRONOUNS: dict[str, tuple[int, str, str, str]] = {
    "he": (3, "sg", "m", "s"),
    "him": (3, "sg", "m", "o"),
    "his": (3, "sg", "m", "p"),
    "himself": (3, "sg", "m", "o"),
    "she": (3, "sg", "f", "s"),
    "her": (3, "sg", "f", "p"),
    "hers": (3, "sg", "f", "p"),
    "herself": (3, "sg", "f", "o"),
    "it": (3, "sg", "n", "s"),
    "its": (3, "sg", "n", "p"),
    "itself": (3, "sg", "n", "o"),
    "they": (3, "pl", "?", "s"),
    "them": (3, "pl", "?", "o"),
    "their": (3, "pl", "?", "p"),
    "themselves": (3, "pl", "?", "o"),
    "i": (1, "sg", "?", "s"),
    "me": (1, "sg", "?", "o"),
    "my": (1, "sg", "?", "p"),
    "myself": (1, "sg", "?", "o"),
    "we": (1, "pl", "?", "s"),
    "us": (1, "pl", "?", "o"),
    "our": (1, "pl", "?", "p"),
    "ours": (1, "pl", "?", "p"),
    "ourselves": (1, "pl", "?", "o"),
    "you": (2, "sg", "?", "s"),
    "your": (2, "sg", "?", "p"),
    "who": (3, "?", "?", "r"),
    "whom": (3, "?", "?", "r"),
    "whose": (3, "?", "?", "r"),
    "which": (3, "?", "n", "r"),
    "that": (3, "?", "?", "r"),
}

POSSESSIVES = word_set("his her its their our my your whose")
DEFINITE = word_set("the this that these those both")
INDEFINITE = word_set(
    "a an some many several one two three four five six seven eight nine ten dozens hundreds thousands few other another others most "
    "more any each every no all various certain numerous countless multiple unnamed anonymous"
)
PREPOSITIONS = word_set(
    "of in on at by for with from to into about against over under between among through during before after around near behind "
    "beside besides beyond despite toward towards upon within without via like unlike as than since until off onto across along "
    "including regarding concerning per versus"
)
FUNCTION_WORDS = (
    frozenset(PRONOUNS)
    | POSSESSIVES
    | DEFINITE
    | INDEFINITE
    | PREPOSITIONS
    | word_set(
        "and or but nor so yet if when while where because although though whereas unless once whether why how what then there here "
        "not now also still even just only again however meanwhile moreover instead indeed perhaps maybe thus hence therefore "
        "nevertheless nonetheless otherwise further furthermore additionally besides finally first second third last next later "
        "earlier recently today tomorrow yesterday tonight currently previously never ever always often sometimes usually "
        "is are was were be been being am do does did done have has had having will would shall should can could may might must "
        "let's let yes no well oh please ok okay look thank thanks sorry hello hi hey according asked given speaking "
        "asking responding referring citing noting adding saying calling following based despite compared such much very too "
        "less least own same nobody somebody everyone everybody anyone anything something nothing everything someone "
        "none part half about nearly almost roughly ago back down up out away together rather quite"
    )
)

HONORIFICS = {"mr": "m", "mrs": "f", "ms": "f", "miss": "f", "madam": "f", "sir": "m", "dame": "f", "mx": "", "mme": "f", "messrs": "m"}
#: Words that stand before a name as part of it, abbreviated or not -> the nouns that they make their bearer answer to.
TITLES: dict[str, tuple[str, ...]] = {
    "sen": ("senator",),
    "sens": ("senator",),
    "senator": ("senator",),
    "senators": ("senator",),
    "rep": ("congressman", "representative"),
    "reps": ("congressman", "representative"),
    "representative": ("representative", "congressman"),
    "congressman": ("congressman",),
    "congresswoman": ("congresswoman",),
    "gov": ("governor",),
    "govs": ("governor",),
    "governor": ("governor",),
    "gen": ("general",),
    "general": ("general",),
    "lt": ("lieutenant",),
    "maj": ("major",),
    "major": ("major",),
    "col": ("colonel",),
    "colonel": ("colonel",),
    "capt": ("captain",),
    "captain": ("captain",),
    "cmdr": ("commander",),
    "commander": ("commander",),
    "sgt": ("sergeant",),
    "adm": ("admiral",),
    "admiral": ("admiral",),
    "brig": ("brigadier",),
    "dr": ("doctor",),
    "prof": ("professor",),
    "professor": ("professor",),
    "pres": ("president",),
    "president": ("president",),
    "presidents": ("president",),
    "premier": ("premier",),
    "chancellor": ("chancellor",),
    "minister": ("minister",),
    "secretary": ("secretary",),
    "ambassador": ("ambassador",),
    "amb": ("ambassador",),
    "judge": ("judge",),
    "justice": ("justice",),
    "rev": ("reverend",),
    "reverend": ("reverend",),
    "bishop": ("bishop",),
    "archbishop": ("archbishop",),
    "cardinal": ("cardinal",),
    "pope": ("pope", "pontiff"),
    "king": ("king", "monarch"),
    "queen": ("queen", "monarch"),
    "prince": ("prince",),
    "princess": ("princess",),
    "sheikh": ("sheikh",),
    "ayatollah": ("ayatollah", "leader"),
    "mayor": ("mayor",),
    "speaker": ("speaker",),
    "del": ("delegate",),
    "sheriff": ("sheriff",),
    "atty": ("attorney",),
    "hon": (),
    "st": (),
    "sir": (),
    "lord": ("lord",),
    "lady": ("lady",),
    "vice": (),
    "deputy": ("deputy",),
    "chairman": ("chairman",),
    "chairwoman": ("chairwoman",),
    "chief": ("chief",),
    "director": ("director",),
}

MASCULINE = word_set(
    "spokesman congressman chairman businessman businessmen gentleman gentlemen guy guys man men boy boys father husband son brother "
    "uncle nephew grandfather widower king prince pope pontiff bishop imam priest monk sheikh ayatollah strongman policeman newsman "
    "councilman assemblyman frontman nobleman statesman salesman actor dad stepfather godfather grandson"
)
FEMININE = word_set(
    "spokeswoman congresswoman chairwoman businesswoman businesswomen lady ladies woman women girl girls mother wife daughter sister "
    "aunt niece grandmother widow queen princess nun actress policewoman councilwoman assemblywoman mom stepmother granddaughter "
    "heroine stateswoman saleswoman mogulette anchorwoman first-lady"
)
#: Singular nouns for one who can speak.
PERSON_NOUNS = (
    MASCULINE
    | FEMININE
    | word_set(
        "spokesperson president minister premier chancellor senator lawmaker legislator governor mayor secretary ambassador envoy "
        "diplomat official leader chief director chair head candidate nominee contender front-runner frontrunner hopeful challenger "
        "rival opponent politician billionaire millionaire mogul magnate tycoon executive ceo founder co-founder owner general admiral "
        "colonel commander officer soldier veteran judge justice attorney lawyer prosecutor analyst expert professor scholar researcher "
        "scientist economist strategist pollster adviser advisor aide consultant activist journalist reporter correspondent columnist "
        "editor author writer host anchor moderator commentator pundit singer comedian filmmaker cleric rabbi pastor reverend monarch "
        "duke emperor doctor physician surgeon neurosurgeon nurse teacher student friend neighbor neighbour resident voter supporter "
        "critic source witness victim member deputy counterpart predecessor successor incumbent democrat republican conservative "
        "liberal newcomer native user farmer worker employee manager operative representative delegate commissioner coordinator "
        "negotiator mediator investor developer donor fundraiser organizer organiser protester demonstrator refugee migrant militant "
        "rebel fighter insurgent dictator autocrat dissident defector whistleblower hacker historian philosopher speaker treasurer "
        "marshal captain major lieutenant sergeant brigadier sheriff detective inspector investigator interrogator agent spy pilot "
        "astronaut engineer designer architect artist painter musician rapper poet novelist dramatist playwright blogger influencer "
        "youtuber star celebrity athlete player coach champion trainer publisher broadcaster presenter interviewer retiree pensioner "
        "trader banker broker lobbyist oligarch tsar czar statesperson parliamentarian councillor councilor alderman selectman "
        "comptroller auditor ombudsman rapporteur registrar clerk principal dean provost chancellor trustee governor-general viceroy "
        "separatist jihadist extremist terrorist suspect defendant plaintiff convict prisoner inmate hostage survivor relative parent "
        "grandparent child kid teenager person individual colleague partner ally co-host co-author co-chair running-mate mate boss "
        "guard assistant consul attache emir sultan surrogate counselor counsellor chairperson academic photographer serviceman marine "
        "gunman warlord counsel villager campaigner volunteer cardinal patriarch peacekeeper employer immigrant civilian tourist traveler "
        "traveller academician educator lecturer sociologist environmentalist conservationist firefighter ruler tyrant psychiatrist "
        "dentist caregiver laborer labourer commandant airman seaman deserter dissenter reformer reformist rioter settler combatant "
        "militiaman assailant kidnapper killer smuggler trafficker gangster landowner onlooker mourner bystander eyewitness magistrate "
        "solicitor barrister mufti archbishop vicar preacher missionary laureate taoiseach technocrat nuncio "
        "plenipotentiary peer vice-chair vice-chairman backbencher mp mep president-elect chieftain elder mastermind "
        "spymaster paramedic midwife medic epidemiologist virologist geologist seismologist meteorologist climatologist biologist "
        "chemist physicist astronomer archaeologist mathematician statistician demographer psychologist pharmacist veterinarian "
        "responder rescuer fisherman sailor trucker vendor merchant importer exporter shipowner troubleshooter undersecretary "
        "intermediary signatory go-between interlocutor propagandist ideologue firebrand hardliner hard-liner nationalist "
        "fugitive detainee returnee evacuee resident-general guarantor cleric "
        "customer client patient guest passenger driver mechanic technician programmer entrepreneur chef baker dealer shopkeeper "
        "sponsor patron insider outsider observer participant attendee respondent subscriber reader viewer listener superintendent "
        "staffer speechwriter secretary-general vice-president pm prime-minister strategist theorist commissioner-general kingpin"
    )
)
_IRREGULAR_PLURAL = word_set(
    "people men women children businessmen businesswomen spokesmen congressmen lawmen policemen statesmen gentlemen ladies allies "
    "authorities police troops forces staff personnel youths elites masses folks persons citizens americans attorneys-general deputies "
    "secretaries celebrities constituents taxpayers families parties officials sources forces democrats republicans locals others "
    "spokespeople envoys attorneys witnesses bosses academics chairmen chairwomen congresswomen spokeswomen gunmen servicemen councilmen "
    "wives husbands boys coaches actresses airmen seamen militiamen fishermen volunteers marines lawyers boys mercenaries missionaries "
    "dignitaries beneficiaries plenipotentiaries intermediaries signatories undersecretaries eyewitnesses paramilitaries visionaries "
    "adversaries foes enemies monks nuns heads-of-state leadership "
    "clergy judiciary media press public electorate counterparts tories whites blacks hispanics latinos muslims christians jews "
    "evangelicals millennials seniors immigrants newlyweds survivors spouses couples twins regulars partygoers executives"
)
#: Plural (or collective) nouns for people.
PLURAL_PERSON = _IRREGULAR_PLURAL | frozenset(n + "s" for n in PERSON_NOUNS if not n.endswith(("man", "men", "s", "y", "x", "ch", "sh")))

#: Nouns for bodies that can speak.
BODY_NOUNS = word_set(
    "government administration ministry department agency bureau office commission committee council panel court parliament senate "
    "house congress assembly party union association group organization organisation company firm corporation bank airline newspaper "
    "paper magazine network channel station website site outlet university college school institute campaign team army military navy "
    "police alliance bloc coalition federation league club foundation fund center centre think-tank embassy consulate regulator "
    "authority service force board conference delegation country nation state city kingdom republic capital militia movement faction "
    "body watchdog tribunal chamber institution retailer automaker manufacturer drugmaker carrier giant startup lender insurer hospital "
    "church legislature cabinet presidency monarchy regime junta opposition secretariat mission command brigade corps "
    "division battalion exchange publisher broadcaster daily weekly tabloid blog platform airport port municipality county district "
    "province caucus chapter charity ngo nonprofit non-profit cartel gang syndicate insurgency business pac super-pac lobby industry"
)
#: Last word of a name that is no body, though it is capitalised like one: "the Clean Power Plan".
THING_WORDS = word_set(
    "plan act bill law deal treaty agreement accord accords pact protocol convention war summit award prize games cup championship "
    "olympics resolution amendment doctrine memorandum manifesto declaration charter constitution code festival revolution crisis "
    "massacre genocide holocaust uprising spring day age era islamist communist"
)
#: Nouns for what a speaker puts out: "her statement said" is she speaking.
PRODUCT_NOUNS = word_set(
    "statement statements comment comments remark remarks claim claims tweet tweets post posts letter letters memo memos speech speeches "
    "interview interviews account accounts book books memoir memoirs report reports article articles essay column op-ed editorial piece "
    "conclusion conclusions view views opinion opinions belief beliefs words argument arguments assertion assertions allegation "
    "allegations accusation accusations criticism criticisms warning warnings promise promises pledge pledges vow vows threat threats "
    "call calls appeal appeals request requests demand demands question questions answer answers response responses reply replies "
    "announcement announcements declaration declarations testimony headline insistence obsession emphasis refusal willingness desire "
    "hope hopes fear fears concern concerns eyes eye mind position stance rhetoric submission brief briefs findings estimate estimates "
    "prediction predictions proposal proposals plan plans idea ideas suggestion suggestions decision ruling order orders telling "
    "description explanation admission acknowledgement acknowledgment assessment analysis "
    "endorsement complaint complaints denial denials quote quotes message messages voice worry worries calculation reasoning logic"
)
#: A word in a name that tells an organisation.
ORG_WORDS = BODY_NOUNS | word_set(
    "inc corp co ltd llc plc gmbh ag sa group holdings partners capital associates industries international universities colleges "
    "times post journal tribune herald gazette news press guardian telegraph globe chronicle review observer today media broadcasting "
    "television radio tv forum society academy brigades forces nations communities centers laboratories enterprises studies project "
    "initiative trust brothers sons airlines airways motors pharmaceuticals technologies systems solutions services securities bros "
    "workers teachers attendants veterans democrats republicans crossroads action pac party front brotherhood show radio program "
    "congressional federal "
    "national united department affairs investigation security reserve rights watch amnesty reports poll dispatch inquirer sun star"
)
ORG_WORDS -= word_set("national united federal security affairs capital rights star today workers city country state county house")

#: Nouns that can stand for each other. A noun may be in more than one line.
_CLASSES = [
    "spokesman spokeswoman spokesperson press-secretary",
    "senator lawmaker legislator politician",
    "congressman congresswoman representative lawmaker legislator politician delegate",
    "parliamentarian lawmaker legislator deputy mp politician",
    "president leader commander-in-chief chief politician",
    "minister premier diplomat politician official leader secretary",
    "chancellor leader politician",
    "premier leader prime-minister politician",
    "governor politician leader executive",
    "mayor politician official leader",
    "candidate nominee contender front-runner frontrunner hopeful challenger standard-bearer politician",
    "ambassador diplomat envoy official",
    "secretary diplomat official",
    "envoy diplomat official",
    "official commissioner director chief administrator",
    "businessman billionaire mogul magnate tycoon executive developer businesswoman entrepreneur",
    "ceo executive chief founder boss",
    "chairman chairwoman chair head leader",
    "head chief director leader boss executive",
    "general admiral colonel officer commander soldier veteran",
    "judge justice jurist",
    "attorney lawyer prosecutor counsel",
    "professor scholar academic researcher expert",
    "scientist researcher expert",
    "economist expert analyst academic",
    "analyst expert",
    "doctor physician surgeon neurosurgeon",
    "journalist reporter correspondent columnist writer author editor",
    "host anchor moderator broadcaster presenter commentator",
    "author writer novelist",
    "director filmmaker",
    "pope pontiff",
    "king queen monarch",
    "comedian actress actor entertainer star",
    "strategist adviser advisor aide consultant operative",
    "activist organizer campaigner",
    "democrat liberal",
    "republican conservative",
    "leader strongman dictator autocrat",
    "company firm corporation giant business retailer automaker manufacturer drugmaker carrier startup",
    "bank lender company firm",
    "newspaper paper daily outlet tabloid publication",
    "magazine outlet publication weekly",
    "network channel station broadcaster outlet",
    "website site outlet blog",
    "union organization organisation group association",
    "association organization organisation group body",
    "group organization organisation movement",
    "agency department bureau office service regulator",
    "commission agency panel body regulator",
    "committee panel body",
    "court tribunal bench",
    "alliance bloc organization organisation",
    "party opposition",
    "university college school institution",
    "militia group movement",
]


@lru_cache(maxsize=1)
def _same() -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for line in _CLASSES:
        first, *rest = line.split()
        out.setdefault(first, set()).update(rest)
        for noun in rest:
            out.setdefault(noun, set()).add(first)
    return {k: frozenset(v) for k, v in out.items()}


#: Noun -> nouns that may take it up again ("senator" -> "lawmaker").
SAME = _same()

#: Abbreviated and full names of the US states, as datelines and party labels give them: "(R-S.C.)", "Sen. X of Iowa".
US_STATES = {
    k: v
    for v, ks in {
        "alabama": "ala al",
        "alaska": "alaska ak",
        "arizona": "ariz az",
        "arkansas": "ark ar",
        "california": "calif cal ca",
        "colorado": "colo co",
        "connecticut": "conn ct",
        "delaware": "del de",
        "florida": "fla fl",
        "georgia": "ga",
        "hawaii": "hawaii hi",
        "idaho": "idaho id",
        "illinois": "ill il",
        "indiana": "ind",
        "iowa": "iowa ia",
        "kansas": "kan kans ks",
        "kentucky": "ky",
        "louisiana": "la",
        "maine": "maine me",
        "maryland": "md",
        "massachusetts": "mass ma",
        "michigan": "mich mi",
        "minnesota": "minn mn",
        "mississippi": "miss ms",
        "missouri": "mo",
        "montana": "mont mt",
        "nebraska": "neb ne",
        "nevada": "nev nv",
        "new hampshire": "nh",
        "new jersey": "nj",
        "new mexico": "nm",
        "new york": "ny",
        "north carolina": "nc",
        "north dakota": "nd",
        "ohio": "ohio oh",
        "oklahoma": "okla ok",
        "oregon": "ore or",
        "pennsylvania": "pa penn",
        "rhode island": "ri",
        "south carolina": "sc",
        "south dakota": "sd",
        "tennessee": "tenn tn",
        "texas": "tex tx",
        "utah": "utah ut",
        "vermont": "vt",
        "virginia": "va",
        "washington": "wash wa",
        "west virginia": "wva wv",
        "wisconsin": "wis wi",
        "wyoming": "wyo wy",
    }.items()
    for k in ks.split()
}

_VERBS = word_set(
    "say says said tell tells told ask asks asked write writes wrote speak speaks spoke go goes went come comes came make makes made take "
    "takes took give gives gave get gets got know knows knew think thinks thought see sees saw find finds found want wants feel feels "
    "felt become becomes became leave leaves left put puts mean means meant keep keeps kept begin begins began seem seems show shows "
    "hold holds held bring brings brought stand stands stood lose loses lost pay pays paid meet meets met lead leads led run runs ran "
    "win wins won fall falls fell send sends sent build builds built spend spends spent rise rises rose drive drives drove break breaks "
    "broke hit hits cut cuts set sets let lets fight fights fought choose chooses chose draw draws drew throw throws threw "
    "insists argues claims believes warns adds notes calls vows promises denies accuses urges refuses plans hopes expects "
    "continues remains appears likes loves hates supports opposes tells thinks wins needs uses works tries helps plays moves lives "
    "is are was were has had have does did do will would could should may might can must isn't wasn't hasn't hadn't doesn't didn't "
    "don't won't wouldn't couldn't shouldn't can't aren't weren't haven't never also"
)


def is_verb(word: str) -> bool:
    """Whether a lower-case word can be a finite verb after its subject. Loose on purpose: any "-ed" form counts."""
    return word in _VERBS or (len(word) > 4 and word.endswith("ed"))


@lru_cache(maxsize=2)
def _given(table: str) -> dict[str, str]:
    out: dict[str, str] = {}
    path = Path(__file__).parent / "words" / table
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            gender, names = line.split("\t")
            out.update(dict.fromkeys(names.split(), gender))
    return out


def gender_of_given(name: str) -> str | None:
    """``m``, ``f``, ``u`` (borne by both) or null (not a given name that is known). Any letter case.

    A short list, of names that are little else: a word in it tells that a person is named.
    """
    return _given("given_names.txt").get(name.lower())


def gender_of_bearer(name: str) -> str | None:
    """The same from a list of nine thousand names, for a word that is known to be a given name; of "Jean-Luc", the first part tells."""
    for key in (fold(name), fold(re.split("[-‐‑]", name, maxsplit=1)[0])):
        told = _given("given_names.txt").get(key) or _given("given_more.txt").get(key)
        if told:
            return told
    return None
