"""A made-up class: synthetic students whose wrong answers come from the exercises' own wrong rules.

``key``      what may be answered to one question: the right answers, and what each wrong rule gives
``learner``  who the students are: skill, misconceptions, habits; all drawn from one seed
``story``    what one student does at one item: tries, answers, times
``plan``     which exercises make which week
``filling``  the rows; every answer is marked by the real engine
"""
