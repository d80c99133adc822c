"""The guards of what people are told."""

from typing import Final

from .model import Edit, Guard

SENDER: Final = "notify/sender.py"
SENDS: Final = "tests/notify/test_sender.py"
LINKS: Final = "tests/server/test_personal_links.py"
OF_TELLING: Final = (
    Guard(
        "only one sends", "Of two servers one sends.",
        (Edit(SENDER, "        if not self._hold():\n", "        if False:\n"),
         Edit(SENDER, " or not self._hold():", ":")),
        (f"{SENDS}::test_only_one_of_two_servers_sends_and_the_other_goes_on_after_its_death",),
    ),
    Guard(
        "what has its answer", "What was decided before anybody was told is told to nobody.",
        (Edit(SENDER, "about is not None and (about.waits or row.what not in ASKING):\n                people",
              "about is not None:\n                people"),
         Edit(SENDER, "about is not None and (about.waits or row.what not in ASKING):\n                found",
              "about is not None:\n                found"),
         Edit(SENDER, "box.drop(unsaid)", "pass")),
        (f"{SENDS}::test_what_was_decided_before_anybody_was_told_is_told_to_nobody",),
    ),
    Guard(
        "floods", "What comes on top of much is gathered.",
        (Edit(SENDER, "if 0 < FEW - len(sent) < len(asked):", "if False:"),),
        (f"{SENDS}::test_a_flood_becomes_one_message_and_what_comes_on_top_waits_for_the_window",),
    ),
    Guard(
        "pace", "Who was told much just now is told the rest later, also of runs.",
        (Edit(SENDER, "if kept and len(sent) >= most:", "if False:"),),
        (
            f"{SENDS}::test_a_flood_becomes_one_message_and_what_comes_on_top_waits_for_the_window",
            f"{SENDS}::test_news_of_runs_is_never_gathered_and_never_without_end",
        ),
    ),
    Guard(
        "names in messages", "An action is named in a message where people wrote that very name.",
        (Edit("server/told.py", "isinstance(action, Action) and action.name in names", "isinstance(action, Action)"),),
        (f"{SENDS}::test_a_message_holds_nothing_of_the_agent",),
    ),
    Guard(
        "one line", "What looks like an encoded word is not decoded in a subject.",
        (Edit("notify/channels/smtp.py", '.replace("=?", "= ?")', ""),),
        ("tests/notify/test_smtp.py::test_no_name_breaks_out_of_its_line",),
    ),
    Guard(
        "mail over TLS", "Nothing is sent in the clear where TLS was asked for.",
        (Edit("notify/channels/smtp.py", 'if server.security == "starttls":', "if False:"),),
        ("tests/notify/test_smtp.py::test_nothing_is_sent_in_the_clear_where_tls_was_asked_for",),
    ),
    Guard(
        "whose link it is", "A link leads the person it was made for alone.",
        (Edit("server/personal_links.py", "not hmac.compare_digest(mac, _mac(secret, said, person))", "False"),),
        (
            f"{LINKS}::test_it_leads_nobody_else_anywhere_and_says_nothing_of_the_review",
            f"{LINKS}::test_it_names_neither_the_person_nor_lets_anything_in_it_be_changed",
        ),
    ),
    Guard(
        "old links", "A link ends.",
        (Edit("server/personal_links.py", "if int.from_bytes(said[:_TIME]) < now // HOUR:", "if False:"),),
        (f"{LINKS}::test_it_ends",),
    ),
    Guard(
        "public addresses", "A webhook calls public addresses alone.",
        (Edit("notify/guarded.py", "(not to.tls or not is_public(one))", "not to.tls"),),
        (
            "tests/notify/test_guarded.py::test_a_forbidden_address_is_called_in_none_of_its_forms",
            "tests/notify/test_guarded.py::test_a_name_of_which_any_address_is_forbidden_is_not_called",
        ),
    ),
    Guard(
        "the checked address", "The connection goes to the address that was checked.",
        (Edit("notify/guarded.py", "self._connected(to, str(found[0]), until)",
              "self._connected(to, self._resolve(to.host, to.port)[0], until)"),),
        ("tests/notify/test_guarded.py::test_a_resolver_that_changes_its_mind_is_asked_once",),
    ),
    Guard(
        "carried addresses", "No way of carrying an IPv4 address in IPv6 makes it public.",
        (
            Edit(
                "notify/addresses.py", "isinstance(address, ipaddress.IPv6Address) and address not in _PUBLIC", "False",
            ),
        ),
        ("tests/notify/test_guarded.py::test_no_way_of_carrying_an_ipv4_address_in_ipv6_is_public",),
    ),
    Guard(
        "numbers in one spelling", "A host that is a number has its only spelling.",
        (Edit("notify/guarded.py", 'if _NUMBER.fullmatch(given.rpartition(".")[2]):', "if False:"),),
        ("tests/notify/test_guarded.py::test_a_forbidden_address_is_called_in_none_of_its_forms",),
    ),
    Guard(
        "redirects", "No redirect is followed, and one is not taken for an answer.",
        (Edit("notify/guarded.py", "if 300 <= status < 400:", "if False:"),),
        ("tests/notify/test_guarded.py::test_a_redirect_is_not_followed",),
    ),
    Guard(
        "signatures", "A webhook is signed over its id, its time and its body.",
        (Edit("notify/channels/webhook.py", 'f"{id_}.{at}.".encode() + body', 'f"{id_}.{at}.".encode()'),),
        ("tests/notify/test_webhook.py::test_a_receiver_can_check_what_it_gets_with_the_library_of_the_standard",),
    ),
    Guard(
        "addresses of others", "Where somebody is told is nobody else's business.",
        (Edit("wire/directory.py", 'if key != "telling"}', "}"),),
        ("tests/server/test_posting.py::test_where_somebody_is_told_is_nobody_elses_business",),
    ),
)  # fmt: skip
