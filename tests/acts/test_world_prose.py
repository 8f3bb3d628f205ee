"""Acts and parties in the manner of wire reports: what is left open, refused, pledged, turned away; passives; the speaker's own side."""

from __future__ import annotations

import pytest

from onrecord.acts import act_of, explain
from onrecord.acts.conditions import conditions
from onrecord.acts.constructions import constructions
from onrecord.acts.stance import polarity
from onrecord.statement import Speaker

from .test_acts import done, make


@pytest.mark.parametrize(
    ("cue", "content", "expected"),
    [
        ("adding", "that the allegations were groundless", "DENY"),
        ("said", "the report was “wholly inaccurate”", "DENY"),
        ("described", "the march as treasonous", "CRITICISE"),
        ("said", "“It is regrettable that they chose this path,”", "CRITICISE"),
        ("said", "“We will not talk to gangs,”", "REJECT"),
        ("wrote", "that there could be no return to the old border", "REJECT"),
        ("adding", "that they must bear responsibility for the consequences", "THREATEN"),
        ("said", "there was “no guarantee” that a drone would not be shot down", "THREATEN"),
        ("announced", "visa restrictions on members of the junta", "THREATEN"),
        ("said", "the army would have no choice but to fight", "THREATEN"),
        ("declared", "Oman's readiness to host the talks", "COMMIT"),
        ("responded", "that it fully backed the plan", "SUPPORT"),
        ("said", "the three states had grossly interfered in its internal affairs", "ACCUSE"),
        ("said", "it was not", "DENY"),
        ("said", "the mission was not in a position to confirm the toll", "DECLINE"),
        ("chanted", "“The premier must go!”", "DEMAND"),
        (":", "Minister, what do you expect from the summit?", "APPEAL"),
        ("asked", "“Why provoke a bear?”", "APPEAL"),
        ("told", "Norway was not involved in the blast", "DENY"),
        ("said", "“It wasn't us,”", "DENY"),
        ("said", "“Our navy does not target fishing boats,”", "DENY"),
        ("rejected", "the criticism", "DENY"),
        ("refused", "to rule out further sanctions on Minsk", "THREATEN"),
        ("refused to rule out", "further sanctions", "THREATEN"),
        ("has never renounced", "using force to take the island", "THREATEN"),
        ("cautioned", "that he would not hesitate to use the fleet", "THREATEN"),
        ("vowed", "to destroy the militia", "THREATEN"),
        ("vowed", "to continue their attacks", "THREATEN"),
        ("said", "“They made a mistake and they will pay for it,”", "THREATEN"),
        ("said", "the raid will not go unanswered", "THREATEN"),
        ("tweeted", "“In case of provocations, there will be an immediate response,”", "THREATEN"),
        ("said", "it was suspending Mali from all activities", "THREATEN"),
        ("wrote", "“We stand in solidarity with the people of Japan,”", "EMPATHISE"),
        ("said", "“Make no mistake. The regime is responsible for his death,”", "ACCUSE"),
        ("called", "the ruling “a watershed moment for justice”", "SUPPORT"),
        ("tweeted", "that the accord was “a critical step forward”", "SUPPORT"),
        ("described", "the call-up as a sign of weakness", "CRITICISE"),
        ("calls", "snap election after heavy losses", "COMMIT"),
        ("called", "the vote a sham", "CRITICISE"),
        ("called", "the election a triumph for the union", "SUPPORT"),
        ("called for", "elections", "APPEAL"),
        ("announced", "tariffs on Norwegian fish", "THREATEN"),
        ("announced", "tariffs on fish had emptied the port", "ASSERT"),
        ("announced", "waivers from sanctions on Minsk", "ASSERT"),
        ("expressed", "doubts about its readiness to sail", "ASSESS"),
        ("said", "nobody had violated the truce", "ASSERT"),
        ("was open to", "any discussion", "COMMIT"),
        ("told", "those who took part would not be prosecuted", "COMMIT"),
        ("told", "not to recognise the result", "DEMAND"),
        ("stressed", "that his country would insist on guarantees", "DEMAND"),
        ("warned", "If the convoy sailed on, the navy would have to defend the port", "THREATEN"),
        ("said", "if the shelling went on they would have no choice but to respond", "THREATEN"),
        ("warned", "that his aides would “not yield to pressure”", "REJECT"),
        ("refused", "which … to comment on", "DECLINE"),
        ("want to remind", "that our country has other means too", "ASSERT"),
        ("told", "“We do not rule out the use of missiles against the port,”", "THREATEN"),
        ("promised", "“concrete actions” in response", "THREATEN"),
        ("said", "any raid would be considered a declaration of war", "THREATEN"),
        ("said", "“If women lose their rights, there will be no aid,”", "THREATEN"),
        ("has neither confirmed nor denied", "the report", "DECLINE"),
        ("said", "his country had not attacked the palace", "DENY"),
        ("reiterated", "its view that the allegations were unfounded", "DENY"),
        ("told", "the delivery of missiles is a gross mistake", "CRITICISE"),
        ("branded", "the premier a coward", "CRITICISE"),
        ("has been repeatedly assured", "that the bloc will not move an inch", "COMMIT"),
        ("warned", "all the same against complacency", "APPEAL"),
        ("warned against", "trusting the truce", "APPEAL"),
        ("warned", "that any attack would have “severe consequences”", "THREATEN"),
        ("spoke about", "possible sanctions against the junta", "ASSERT"),
    ],
)
def test_constructions_of_world_news(cue: str, content: str, expected: str) -> None:
    assert act_of("the minister", cue, content, quoted="“" in content) == expected


def test_of_two_constructions_of_one_act_the_heavier_counts() -> None:
    both = constructions("said", "they will pay a heavy price and we will not hesitate to strike")
    assert [c.points for c in both if c.act == "THREATEN"] == [5]


PARTIES = [
    ("Russia has been assured that it is safe.", "", "has been assured", "that it is safe", ["Russia"], ["Russia"]),
    ("India, which had long waited, was told that it could join.", "", "was told", "that it could join", [], ["India"]),
    ("Mali has been promised grain but has been told that it must pay.", "", "has been told", "that it must pay", [], ["Mali"]),
    ("Chad was reminded by the bank that it owes.", "the bank", "was reminded", "that it owes", ["Chad"], ["Chad"]),
    (
        "The envoy said Norway had returned to a Cold War mood.",
        "The envoy",
        "said",
        "Norway had returned to a Cold War mood",
        ["Norway"],
        [],
    ),
    ("He spoke of Hamas, which he accuses of using shields.", "he", "accuses of", "which", ["Hamas"], []),
    ("Mr Borrell condemned the military escalation.", "Mr Borrell", "condemned", "the military escalation", [], []),
    ("Some papers suggested a military conflict is imminent.", "Some papers", "suggested", "a military conflict is imminent", [], []),
    ("The council criticised the military.", "The council", "criticised", "the military", ["the military"], []),
    ("The army chief promised interim government.", "The army chief", "promised", "interim government", [], []),
    ("The envoy told the council that it was late.", "The envoy", "told", "that it was late", [], ["the council"]),
    ("London called for a UN-led inquiry.", "London", "called for", "a UN-led inquiry", [], []),
    ("They denounced nobody.", "They", "denounced", "nobody", [], []),
    ("Oslo accused them of using civilians.", "Oslo", "accused", "them of using civilians", ["them"], []),
]


@pytest.mark.parametrize(("text", "source", "cue", "content", "targets", "addressees"), PARTIES)
def test_parties_of_world_news(text: str, source: str, cue: str, content: str, targets: list[str], addressees: list[str]) -> None:
    s = done(text, source, cue, content)
    assert [text[t.start : t.end] for t in s.targets] == targets
    assert [text[t.start : t.end] for t in s.addressees] == addressees


def test_an_officials_own_state_is_no_other_party_and_an_opponents_may_be() -> None:
    text = "She said Russia had become weak and shameful."
    args = (text, "She", "said", "Russia had become weak and shameful")
    official = Speaker("Maria Zakharova", "person:maria-zakharova", "spokeswoman", "RUS", "name", 0.9)
    opponent = Speaker("Yulia Navalnaya", None, "opposition leader", "RUS", "name", 0.9)
    assert not done(*args, speaker=official).targets
    assert [t.id for t in done(*args, speaker=opponent).targets] == ["RUS"]


@pytest.mark.parametrize(
    ("cue", "content", "act", "expected"),
    [
        ("said", "“We will not hesitate to act,”", "THREATEN", "positive"),
        ("said", "“If this is not stopped, the war will spread,”", "ASSESS", "positive"),
        ("said", "“If this is stopped, we will not go,”", "COMMIT", "negative"),
        ("accept without any reservations", "the plan", "CONCEDE", "positive"),
    ],
)
def test_polarity_of_world_news(cue: str, content: str, act: str, expected: str) -> None:
    assert polarity(cue, content, act) == expected


def test_explain_tells_what_the_encoders_head_added() -> None:
    from onrecord.acts import ACTS, act

    s = done("Kyiv said Moscow had shelled a school.", "Kyiv", "said", "Moscow had shelled a school")
    head = [0.0] * len(ACTS)
    head[ACTS.index("ACCUSE")] = 60.0
    judged = act(s.document, [s], head={s.id: head})[0]
    assert judged.act == "ACCUSE"
    told = [e.because for e in explain(judged, head) if e.field == "act"]
    assert any("in its context says ACCUSE" in because for because in told)
    assert not any("in its context" in e.because for e in explain(judged))


def test_a_condition_quoted_from_somebody_else_is_not_the_statements() -> None:
    text = "“Unless both stop,” warned an analyst, who asked that the paper withhold his name."
    assert not done(text, "who", "asked", "that the paper withhold his name").condition


def test_a_condition_ends_where_the_clause_that_it_stands_in_goes_on() -> None:
    text = "Oslo would sign a pact in return for free ports and will not wait for a vote, a source said."
    d, s = make(text, "a source", "said", "Oslo would sign a pact in return for free ports and will not wait for a vote")
    assert [c.text for c in conditions(d, s)] == ["in return for free ports"]
