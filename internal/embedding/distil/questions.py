#!/usr/bin/env python3
"""Write English support questions from a small grammar, one a line, as JSON.

    python questions.py --count 40000 --output questions.json

Manuals and message catalogues hardly ask or complain. These sentences, written
for this project, show the words of a customer ("I", "my", "still", "can't") in
the company of the things that customers write about; the teacher says what each
sentence means.
"""

import argparse
import json
import pathlib
import random

ACTIONS = """reset my password|log in|sign in on my phone|change my email address|update my phone number|verify my identity
close my account|delete my account|open a second account|add another user|remove a user|change the owner of the account
pay by card|pay by bank transfer|pay with a voucher|change my payment method|add a new card|activate my card|freeze my card
order a replacement card|see my card number|change my PIN|withdraw cash|deposit money|send money abroad|receive a transfer
cancel a payment|cancel a transfer|get a refund|get my money back|dispute a charge|download an invoice|correct an invoice
change the billing address|get a receipt|see my statement|check my balance|raise my limit|exchange currencies|set a budget
cancel my subscription|pause my subscription|upgrade my plan|downgrade my plan|renew my contract|end my contract early
track my parcel|change the delivery address|change the delivery date|return an item|exchange an item for another size
cancel my order|change my order|order again|pick up my order|report a damaged item|use a discount code|use a gift card
book a room|book a table|book a flight|change my booking|cancel my reservation|choose a seat|add luggage|check in online
rebook a missed connection|claim for a delay|install the app|update the app|uninstall the program|export my data
import a file|upload a document|download a report|print a document|scan a page|connect to the network|connect the printer
restore a backup|recover a deleted file|share a folder|sync my calendar|set up two-factor authentication|unlock my screen
call an API|rotate a key|configure a webhook|connect an integration|invite a colleague|assign a license|change permissions
read the meter|report a power cut|move to a new address|change my tariff|lower my monthly payment|make an appointment
reschedule an appointment|renew a prescription|see my test results|file a claim|add a driver to my policy|cancel my insurance
request time off|see my pay slip|enrol in a course|hand in an assignment|get a certificate|change my name|change the language
turn off notifications|turn on dark mode|block a caller|keep my number|replace a lost SIM card|use my phone abroad
talk to a person|speak to a manager|make a complaint|give feedback|report a bug|report abuse|report a security problem
set an alarm|find the nearest branch|find out the opening hours|translate a message|schedule a meeting|rent a car|hire a technician
get a visa|apply for a loan|apply for a credit card|pay off my loan|transfer my balance|earn points|redeem my points"""

THINGS = """my order|my parcel|my package|my refund|my payment|my transfer|the cash withdrawal|my card|my new card|my debit card
my credit card|my virtual card|my account|my password|my invoice|the last bill|my subscription|the direct debit|my salary payment
my deposit|the exchange rate|the fee|the delivery|the courier|the replacement|my return|the discount|the voucher|the gift card
my booking|my reservation|my flight|my luggage|the hotel room|the ticket|the app|the website|the login page|the search|the report
the dashboard|the export|the import|the backup|the server|the database|the connection|the network|the printer|the scanner
the router|my laptop|my phone|the battery|the screen|the charger|the update|the installation|the license key|the API|the webhook
the integration|the email|the confirmation email|the verification code|the text message|the notification|the calendar
the meeting link|the video call|the file|the document|the contract|the insurance claim|my policy|the prescription
the appointment|the meter reading|the electricity|the heating|the hot water|the washing machine|the car|the sensor
the course|the certificate|the pay slip|the tax form|my profile|my address|my name|my identity document|the photo|the form"""

STATES = """has not arrived|has still not arrived|is late|is missing|is lost|was stolen|is broken|is damaged|does not work
stopped working|doesn't work any more|is very slow|keeps crashing|is blocked|was declined|was rejected|failed|is pending
is still pending|was cancelled|was charged twice|is wrong|shows the wrong amount|has expired|is about to expire|is not accepted
is not recognised|disappeared|can't be found|is empty|was deleted by mistake|shows an error|is down|is out of stock
is too expensive|is too high|was not refunded|is not visible|was sent to the wrong address|was swallowed by the machine
won't start|won't open|won't load|freezes|is not compatible|looks different now|was changed without asking me|works again"""

WITH_ACTION = """how do I {}?|how can I {}?|how to {}|can I {}?|could I {}?|is it possible to {}?|where can I {}?|what do I need to {}?
I want to {}|I would like to {}|I'd like to {} please|please help me {}|help me to {}|I need to {}|I need to {} today
I can't {}|I cannot {}|I am not able to {}|I'm unable to {}|why can't I {}?|why am I not able to {}?|I tried to {} but it failed
I tried to {} and got an error|it won't let me {}|I don't know how to {}|I forgot how to {}|do I have to {}?|must I {}?
how long does it take to {}?|what does it cost to {}?|is there a fee to {}?|can someone else {} for me?|when can I {}?
what happens if I {}?|do you charge me when I {}?|am I allowed to {}?|my colleague can't {}|none of our users can {}
since yesterday I cannot {}|I accidentally tried to {}|what is the easiest way to {}?|thanks, I could {} now|I no longer want to {}"""

WITH_STATE = """{thing} {state}|{thing} {state}.|why is it that {thing} {state}?|{thing} {state}, what should I do?|help, {thing} {state}!
hello, {thing} {state}|I think {thing} {state}|it looks like {thing} {state}|{thing} {state} again|since this morning {thing} {state}
I am angry because {thing} {state}|can you check why {thing} {state}?|what can I do when {thing} {state}?|{thing} {state} and nobody answers
we cannot work because {thing} {state}|my customer says that {thing} {state}|it says that {thing} {state}"""

WITH_THING = """where is {}?|what about {}?|I have a question about {}|when will I get {}?|how long does {} take?|I lost {}|I did not receive {}
I have a problem with {}|what is wrong with {}?|is there a problem with {}?|can I change {}?|can you cancel {}?|please send me {}
I don't recognise {}|I never ordered {}|how much is {}?|do you have {} in another country?|who can see {}?|what is the status of {}?
tell me about {}|can you check {}?|show me {}|I need {} urgently|I am still waiting for {}|why do I need {}?|how does {} work?"""


def alternatives(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in line.split("|")]


def sentences(count: int, seed: int) -> list[str]:
    """Draw until there are enough different sentences."""
    draw, found = random.Random(seed), {}
    actions, things, states = map(alternatives, (ACTIONS, THINGS, STATES))
    with_action, with_state, with_thing = map(alternatives, (WITH_ACTION, WITH_STATE, WITH_THING))
    while len(found) < count:
        kind = draw.random()
        if kind < 0.4:
            text = draw.choice(with_action).format(draw.choice(actions))
        elif kind < 0.75:
            text = draw.choice(with_state).format(thing=draw.choice(things), state=draw.choice(states))
        elif kind < 0.9:
            text = draw.choice(with_thing).format(draw.choice(things))
        else:
            text = f"{draw.choice(things)} {draw.choice(states)}. {draw.choice(with_action).format(draw.choice(actions))}"
        found[text] = None
    return list(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=40000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.output.write_text(json.dumps(sentences(options.count, options.seed)))


if __name__ == "__main__":
    main()
