"""A friend who was brought, with hostile names on both sides: what notices about invitations speak of."""

from datetime import timedelta

from models.campaigns import Campaign, Run
from models.people import Person
from models.referrals import Offer, Referral
from tests.words.office import Office


def brought(office: Office, words: str) -> dict[str, object]:
    """The id of an invitation that waits for the owner; Bao hears as the friend."""
    scene, session = office.scene, office.session
    inviter, friend = scene.person("Ann"), scene.person("Bao")
    for person in (inviter, friend):
        session.get_one(Person, person).name = words
    campaign = scene._add(Campaign(key="friends", shop_id=scene.shop, kind="referral", digest="", first_loaded_at=scene.now))
    run = scene._add(Run(campaign_id=campaign, slot=scene.now, state="done", started_at=scene.now, all_decided=True))
    terms = {"reward": 500, "friend_reward": 300}
    offer = scene._add(Offer(
        run_id=run, campaign_id=campaign, shop_id=scene.shop, circles=[scene.circle], window=1, hold=1, per_day=5, per_month=9,
        budget=9000, promised=800, starts_at=scene.now, ends_at=scene.now + timedelta(days=9), **terms,
    ))  # fmt: skip
    referral_id = scene._add(Referral(
        offer_id=offer, shop_id=scene.shop, circle_id=scene.circle, inviter_id=inviter, friend_id=friend, state="flagged",
        way="link", bound_at=scene.now, until=scene.now + timedelta(days=9), signals=["newcomer", "left", "ring"], **terms,
    ))  # fmt: skip
    return {"referral_id": referral_id, "side": "friend", "shop_id": scene.shop}
