"""Who plays: the twelve of Office 3F, and two friends from elsewhere, Kim and Lin."""

from bot.demo.people import Missed

LI_WEI, OLGA, ANN, BAO, CHEN, DORA, EMIL, FANG, GUS, HANA, IVAN, JUN, KIM, LIN = range(1001, 1015)


def expect(answer: str, *texts: str) -> None:
    """A tap's answer says all of `texts`. Raises Missed where it does not."""
    if not answer or any(text not in answer for text in texts):
        raise Missed(f"the answer should say {', '.join(texts)!r}: {answer!r}")
