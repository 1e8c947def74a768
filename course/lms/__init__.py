"""The door for learning management systems: LTI 1.3 (IMS Security Framework 1.1, LTI Core 1.3).

Terms: a *platform* is the LMS, this site is the *tool*. A platform is known by a *registration* (issuer and
client id); a *deployment* is one place in it where the tool was put; a *context* is a course there.
"""
