"""A whole cycle of certification through the API, every date asserted. cycle.py PORT INVITATION"""
import datetime
import itertools
import math
import sys
import time

from client import Client, same
from dates import days, months

SCHEME, STANDARD, AREAS = "iso_27001", "ISO/IEC 27001:2022", ["software"]
SCOPE = "Development and operation of port software"
QUESTION = "A.8.13-q1"
TEAM = ["lead", "auditor"]
BOTH, REPORT = ["Bremen", "Hamburg"], "org.assay.report-html"
DAYS = {"plan_stage1": 3, "plan_stage2": 9, "surveillance": 4, "recertification": 8}  # as the programme calculates them
api = Client(int(sys.argv[1]))


def step(text):
    print(f"{api.today}  {text}", flush=True)


def field(path, name, expected):
    same(api.fields(path).get(name), expected)


def board(audit, earliest, latest):
    """The days between which the programme board lets the audit be."""
    rows = api.call("manager", "GET", "/api/v1/views/programme_board?limit=200")["items"]
    [cells] = [row["cells"] for row in rows if row["id"] == id_of(audit)]
    same((cells["earliest"], cells["latest"]), (str(earliest), str(latest)))


def happened(path, kind, *expected, among=False):
    """The event happened on exactly these days (or on others too). At night, local time: what ends with a day happens as
    the next begins."""
    found = sorted({str(days(datetime.date.fromisoformat(text), 1)) for text in api.events(path, kind)})
    wanted = sorted(str(day) for day in expected)
    assert set(wanted) <= set(found) if among else found == wanted, f"{kind}: expected {wanted}, got {found}"


def found_body():
    people = {
        "manager": ("Mara Voss", ["certification_manager"]), "deputy": ("Dirk Ahlers", ["certification_manager"]),
        "reviewer": ("Rita Engel", ["application_reviewer"]), "planner": ("Paul Ebert", ["certification_auditor"]),
        "lead": ("Lena Kraft", ["certification_auditor"]), "auditor": ("Anton Beck", ["certification_auditor"]),
        "technical": ("Tom Reuter", ["technical_reviewer"]), "decider": ("Dora Menz", ["decision_maker"]),
        "registrar": ("Ruth Simon", ["register_administrator"]), "customer": ("Carla Nord", ["client_representative"]),
    }
    for who, (name, roles) in people.items():
        api.invite(who, name, roles)
    ten = str(months(api.today, 120))
    accreditation = api.make("manager", "accreditations", "record", title="ISMS", accreditation_body="National body",
                             accreditation_number="D-ZM-1", standard="ISO/IEC 27006-1:2024", scheme=SCHEME, areas=AREAS,
                             valid_from=str(api.today), valid_until=ten)
    api.refused("not-permitted", "manager", accreditation, "confirm")
    same(api.act("registrar", accreditation, "confirm"), "in_force")
    for who, function in (("reviewer", "application_reviewer"), ("planner", "programme_manager"), ("lead", "lead_auditor"),
                          ("auditor", "auditor"), ("technical", "technical_reviewer"), ("decider", "decision_maker")):
        record = api.make("deputy", "competences", "propose", title=f"{function} for ISMS", person=api.ids[who], function=function,
                          scheme=SCHEME, areas=AREAS, engagement="employed", basis="Training and observed audits",
                          valid_from=str(api.today), valid_until=ten)
        api.evidence("manager", record, "Certificates of training")
        second = "decider" if who == "reviewer" else "reviewer"
        work = [{"body": "Zertifizierer Süd", "from_year": 2018, "to_year": 2025, "audits": "Thirty surveillances"}]
        approval = {"command": "approve_auditor", "earlier_work": work} if "auditor" in function else {"command": "approve"}
        same(api.act("manager", record, second=second, **approval), "in_force")


def apply_and_sign():
    client = api.make("reviewer", "clients", "register", name="Nordwerk GmbH", address="Kai 1, Hamburg", country="DE",
                      client_representative=[api.ids["customer"]])
    application = api.make("customer", "applications", "draft", client=id_of(client), title="ISMS of Nordwerk", scheme=SCHEME,
                           standards=[STANDARD], scope=SCOPE, activities="Development, operation", sites=["Hamburg"],
                           head_count=104, outsourced="Data centre", legal_duties="GDPR", consultancy="None",
                           internal_audit_by="Own staff")
    api.act("customer", application, "submit")
    field(application, "submitted_on", api.today)
    api.act("reviewer", application, "begin_review")
    why = {name: "Looked at and in order" for name in ("information_review", "competence_review", "impartiality_review",
                                                       "resources_review", "auditability")}
    same(api.act("reviewer", application, "accept", areas=AREAS, **why), "accepted")
    contract = api.make("reviewer", "contracts", "draft", client=id_of(client), application=id_of(application),
                        title="Certification of Nordwerk", terms="General terms 3", obligations="Access to all records",
                        confidentiality="Annex B", use_of_marks="Annex C", valid_from=str(api.today))
    api.act("reviewer", contract, "send")
    api.act("customer", contract, "sign_for_client", client_signatory="Carla Nord")
    same(api.act("manager", contract, "conclude"), "in_force")
    programme = api.make("manager", "certification-programmes", "draft", client=id_of(client), contract=id_of(contract),
                         application=id_of(application), title="Nordwerk 27001", standard_edition=STANDARD,
                         programme_manager=[api.ids["planner"]])
    api.act("planner", programme, "revise", auditing_edition="ISO/IEC 17021-1:2015", criteria=[STANDARD], objectives="Conformity",
            competence_needed="Software")
    medium = {"sector": 2, "processes": 2, "maturity": 1, "infrastructure": 2, "outsourcing": 2, "development": 1}
    api.act("planner", programme, "calculate_time", head_count=104, time_factors=medium, time_adjustment=0)
    same({row["visit"]: float(row["days"]) for row in api.fields(programme)["audit_times"]},
         {"Stage 1": 3.0, "Stage 2": 9.0, "First surveillance": 4.0, "Second surveillance": 4.0, "Recertification": 8.0})
    api.act("planner", programme, "sample_sites", sampled_audit="initial", system_effective=False, central_function="Hamburg")
    field(programme, "sampled_sites", ["Hamburg"])
    api.refused("not-permitted", "manager", programme, "approve", planned_stage1=str(days(api.today, 20)), planned_stage2=str(days(api.today, 60)))
    api.act("planner", programme, "approve", planned_stage1=str(days(api.today, 20)), planned_stage2=str(days(api.today, 60)))
    same(api.get(application)["state"], "programme_approved")
    certification = api.make("manager", "certifications", "register", client=id_of(client), programme=id_of(programme),
                             title="Nordwerk 27001", scheme=SCHEME, standard=STANDARD, scope=SCOPE, sites=["Hamburg"], areas=AREAS)
    return client, contract, programme, certification


def id_of(path):
    return path.rsplit("/", 1)[1]


def versioned(who, path):
    return {"If-Match": f'"v{api.get(path, who)["version"]}"'}


def plan_audit(command, programme, sites, **fields):
    soon = str(api.today)
    return api.make("planner", "certification-audits", command, programme=id_of(programme), title=f"Audit of {soon}",
                    objectives="Conformity and effectiveness", scope=SCOPE, areas=AREAS, sites=sites, criteria=[STANDARD],
                    planned_from=str(days(api.today, -14)), planned_to=str(days(api.today, 30)), language="en",
                    planned_days=DAYS[fields.get("purpose", command)], methods=["on_site", "interviews"], **fields)


def propose_team(audit):
    api.act("planner", audit, "propose_team", lead_auditor=[api.ids["lead"]], auditor=[api.ids["auditor"]],
            team_competence="Software and ISMS")


def sample(programme, audit):
    """Sites are drawn for each audit of the cycle, once the programme is approved by two people."""
    offices = [{"site": site, "group": "offices"} for site in api.fields(programme)["sites"] if site != "Hamburg"]
    more = {"grouped_sites": offices} if offices else {}
    api.act("planner", programme, "resample_sites", second="manager", sampled_audit=audit, system_effective=True,
            central_function="Hamburg", justification=f"For the {audit}", **more)


def agreed_audit(programme, sites, **fields):
    """Planned, with a team that the client has accepted."""
    audit = plan_audit("plan", programme, sites, **fields)
    propose_team(audit)
    api.act("customer", audit, "accept_team")
    return audit


def hold_audit(audit, findings=(), stage1=False, topics=None):
    """From the confirmed team to the issued report; the nonconformities that were issued."""
    [catalogue] = [one for one in api.call("lead", "GET", "/api/v1/catalogues")["items"] if one["catalogue"] == "iso27001-2022"]
    api.call("lead", "PUT", f"{audit}/catalogue", {"plugin": catalogue["plugin"], "catalogue": catalogue["catalogue"], "language": "en"},
             versioned("lead", audit))
    planned = {"items": [{"question": QUESTION, "auditor": api.ids["auditor"]}]}
    api.call("lead", "POST", f"{audit}/items", planned, versioned("lead", audit))
    day, sites = str(api.today), itertools.cycle(api.fields(audit)["sites"])
    held = [str(days(api.today, -before)) for before in range(math.ceil(api.fields(audit)["planned_days"] / len(TEAM)))]
    api.act("lead", audit, "issue_plan", sessions=[
        {"auditor": api.ids[who], "starts": f"{on}T09:00:00Z", "ends": f"{on}T15:00:00Z", "site": next(sites), "topics": "Controls",
         "zone": "Europe/Berlin", "mode": "on_site"} for on in held for who in TEAM])
    api.act("lead", audit, "open", opening_on=held[-1], opening_attendance=(present := [{"name": "Carla Nord", "function": "Quality"}]))
    api.act("lead", audit, "begin_fieldwork")
    [item] = api.call("auditor", "GET", f"{audit}/items")["items"]
    answer = {"result": "does_not_conform" if findings else "conforms", "notes": "Seen."}
    api.call("auditor", "PUT", f"{audit}/items/{item['id']}", answer, {"If-Match": f'"v{item["version"]}"'})
    issued = []
    for grade in findings:
        raised = api.make("auditor", "client-nonconformities", "raise", audit=id_of(audit), grade=grade, title=f"A {grade} gap",
                          clause="A.8.13", requirement="Restores are tested", finding="None was", objective_evidence="Log of restores",
                          items=[{"catalogue": catalogue["catalogue"], "question": QUESTION, "subject": "whole"}])
        same(api.act("lead", raised, "issue"), "issued")
        issued.append(raised)
    if stage1:
        api.act("lead", audit, "conclude_stage1", conclusions="Ready", stage1_outcome="ready")
    else:
        api.act("lead", audit, "conclude", conclusions="Conforms but for the findings")
    worked = [{"auditor": api.ids[who], "on": on, "hours": 6, "mode": "on_site"} for on in held for who in TEAM]
    api.act("lead", audit, "record_time", actual_time=worked)
    api.act("lead", audit, "hold_closing_meeting", closing_on=day, closing_attendance=present, time_frame="30 and 90 days",
            remedies="Appeals go to the committee")
    field(audit, "last_audit_day", day)
    if stage1:
        api.act("lead", audit, "draft_stage1_report", stage1_outcome="ready", deviations="None")
    else:
        more = {"surveillance_topics": topics} if topics else {}
        command = "draft_surveillance_report" if topics else "draft_report"
        api.act("lead", audit, command, effectiveness="Effective", recommendation="recommend", deviations="None", **more)
    api.refused("has_report", "lead", audit, "issue_report")
    api.call("lead", "POST", f"{audit}/reports", {"plugin": REPORT, "format": "html", "language": "en"})
    same(api.act("lead", audit, "issue_report"), "report_issued")
    return issued


def respond(nonconformity, due):
    api.act("customer", nonconformity, "respond", correction="Restored", extent="Nothing else", root_cause="Nobody's duty",
            action="Restores in the calendar", action_owner="Head of IT", action_due=str(due))
    api.act("lead", nonconformity, "begin_plan_review")
    api.act("lead", nonconformity, "accept_plan", verification_method="documents", assessment="Fits the cause")


def verify(nonconformity):
    api.evidence("customer", nonconformity, "Log of three restores")
    api.act("customer", nonconformity, "submit_evidence", implementation="Restores are tested", done_on=str(api.today))
    api.refused("not-permitted", "customer", nonconformity, "begin_verification")
    api.act("lead", nonconformity, "begin_verification")
    api.act("lead", nonconformity, "verify", verification="Log seen", effectiveness="Works", assessment="Accepted")
    same(api.act("lead", nonconformity, "close"), "closed")


def review(decision, adverse=False):
    """By somebody who was not in the team and does not decide."""
    [link] = [one for one in api.linked(decision, "technical_reviews") if one["state"] == "awaiting_reviewer"]
    record = f"/api/v1/technical-reviews/{link['id']}"
    api.act("technical", record, "begin")
    if adverse:
        api.act("technical", record, "conclude_adverse", conclusion="The major is not verified")
        return
    sound = {name: True for name in ("findings_sound", "nonconformities_settled", "internal_audit_effective",
                                     "management_review_effective", "risk_sites_audited", "scope_supported", "team_competent")}
    api.act("technical", record, "conclude", conclusion="Ready", **sound)


def open_package(kind, programme, certification, audits, sites, **fields):
    decision = api.make("planner", "certification-decisions", "open", programme=id_of(programme), kind=kind, title="Nordwerk 27001",
                        scheme=SCHEME, standard=STANDARD, areas=AREAS, scope=SCOPE, sites=sites, certification=id_of(certification),
                        audits=[id_of(audit) for audit in audits], **fields)
    api.act("planner", decision, "submit_package", nonconformity_comments="All settled", application_confirmed=True,
            objectives_confirmed=True, recommendation="recommend")
    return decision


def decide(decision, outcome, **fields):
    for who in ("lead", "planner", "technical"):
        api.refused("not-permitted", who, decision, outcome, decision_reason="Mine", **fields)
    same(api.act("decider", decision, outcome, decision_reason="As reviewed", **fields), "decided")
    field(decision, "decided_on", api.today)


def notify(decision):
    api.act("manager", decision, "notify", notification="By letter")
    field(decision, "appeal_until", days(api.today, 30))


def issue_certificate(certification, revision, expires, replaces=()):
    [draft] = [one for one in api.linked(certification, "certificates") if one["state"] == "draft"]
    path = f"/api/v1/certificates/{draft['id']}"
    field(path, "effective_on", api.today)
    field(path, "expires_on", expires)
    more = {"replaces": [id_of(one) for one in replaces]} if replaces else {}
    given = dict(certificate_number="NC-0001", revision=revision, language="en", address="Kai 1, Hamburg", soa_version="1.0",
                 body_name="Nordcert", body_address="Elbe 2, Hamburg")
    api.refused("has_evidence", "registrar", path, "issue", **given)
    api.evidence("registrar", path, "Printed certificate")
    same(api.act("registrar", path, "issue", **given, **more), "issued")
    for one in replaces:
        same(api.get(one)["state"], "superseded")
    return path


def initial(programme, certification):
    step("Stage 1: the client is silent about the team, and silence is consent after five working days")
    organisation = api.call("admin", "GET", "/api/v1/organisation")
    start = api.today
    working = [day for day in (days(start, n) for n in range(1, 15)) if day.weekday() < 5]
    api.call("admin", "PUT", "/api/v1/organisation/holidays", {"days": [str(working[1])]}, {"If-Match": f'"v{organisation["version"]}"'})
    stage1 = plan_audit("plan_stage1", programme, ["Hamburg"])
    propose_team(stage1)
    same(api.get(stage1)["due"], working[5])  # the sixth day, since the second is a holiday
    api.travel(working[5])
    api.refused('"guard": "is"', "planner", stage1, "confirm_team")
    api.travel(days(working[5], 1))
    happened(stage1, "objection_period_over", api.today)
    same(api.act("planner", stage1, "confirm_team"), "team_confirmed")
    hold_audit(stage1, stage1=True)
    held = api.today
    api.refused("not-permitted", "lead", stage1, "review_stage1", report_review="My own")
    api.act("planner", stage1, "review_stage1", report_review="Complete")
    api.act("planner", stage1, "complete_stage1")

    api.travel(days(held, 45))
    step("Stage 2, with a major; stage 1 is valid for six months (T8), the major six months from its last day (T5)")
    stage2 = plan_audit("plan_stage2", programme, ["Hamburg"], stage1=id_of(stage1))
    field(stage2, "stage1_last_day", held)
    board(stage2, held, months(held, 6))
    propose_team(stage2)
    api.act("customer", stage2, "accept_team")
    [major] = hold_audit(stage2, ["major"])
    field(major, "last_audit_day", api.today)
    respond(major, days(api.today, 20))
    decision = open_package("initial", programme, certification, [stage1, stage2], ["Hamburg"])
    [link] = api.linked(decision, "technical_reviews")
    api.act("technical", f"/api/v1/technical-reviews/{link['id']}", "begin")
    api.refused("linked_all", "technical", f"/api/v1/technical-reviews/{link['id']}", "conclude", conclusion="Ready", **{
        name: True for name in ("findings_sound", "nonconformities_settled", "internal_audit_effective", "management_review_effective",
                                "risk_sites_audited", "scope_supported", "team_competent")})
    api.act("technical", f"/api/v1/technical-reviews/{link['id']}", "return", questions="The major is open")
    api.travel(days(api.today, 15))
    verify(major)
    api.act("planner", decision, "submit_package", nonconformity_comments="The major is verified", application_confirmed=True,
            objectives_confirmed=True, recommendation="recommend")
    review(decision)
    decide(decision, "grant", effective_on=str(api.today))
    notify(decision)
    api.act("planner", stage2, "complete")
    granted, expires = api.today, days(months(api.today, 36), -1)
    step(f"Granted; expires on {expires}")
    same(api.get(certification)["state"], "active")
    for name, expected in (("granted_on", granted), ("effective_on", granted), ("expires_on", expires)):
        field(certification, name, expected)
    field(programme, "surveillance_due", months(granted, 12))
    return granted, expires, issue_certificate(certification, 1, expires)


TOPICS = ["internal_audit_and_review", "earlier_nonconformities", "complaints", "objectives", "improvement", "operational_control",
          "changes", "marks"]


def surveillance_with_late_major(programme, certification, granted, expires):
    year_end = datetime.date(granted.year + 1, 12, 31)
    api.act("planner", programme, "schedule_first_cycle", surveillance_year_end=str(year_end),
            planned_surveillance_1=str(months(granted, 11)), planned_surveillance_2=str(days(year_end, 120)),
            planned_recertification=str(days(expires, -60)))
    due = months(granted, 12)
    api.travel(days(due, -10))
    step("First surveillance (T1), with a major and a minor")
    happened(programme, "reminded", *[days(due, back) for back in (-180, -90, -30, -14)], among=True)
    sample(programme, "surveillance")
    audit = agreed_audit(programme, ["Hamburg"], purpose="surveillance")
    board(audit, year_end.replace(year=granted.year), due)
    major, minor = hold_audit(audit, ["major", "minor"], topics=TOPICS)
    held = api.today
    api.act("planner", audit, "count_surveillance")
    field(programme, "last_surveillance_on", held)
    api.act("planner", programme, "confirm_year")
    field(programme, "surveillance_year_end", year_end.replace(year=year_end.year + 1))
    api.travel(days(held, 10))
    respond(major, days(held, 200))
    api.travel(days(held, 39))
    step("The minor has no answer: reminded, overdue, escalated")
    happened(minor, "reminded", days(held, 16), days(held, 23), days(held, 30))
    happened(minor, "response_overdue", days(held, 31))
    happened(minor, "response_escalated", days(held, 39))
    respond(minor, days(held, 200))
    api.act("lead", minor, "carry")
    api.travel(days(held, 90))
    same(api.linked(certification, "decisions")[-1]["state"], "notified")
    api.travel(days(held, 91))
    step("The major is late: a case is opened, nobody is suspended by a timer")
    happened(major, "reminded", days(held, 76), days(held, 83), days(held, 90))
    happened(major, "suspension_case", days(held, 91))
    same(api.get(certification)["state"], "active")
    [link] = [one for one in api.linked(certification, "decisions") if one["state"] == "awaiting_package"]
    case = f"/api/v1/certification-decisions/{link['id']}"
    field(case, "kind", "suspension_case")
    api.act("planner", case, "submit_case", audits=[id_of(audit)], case_reason="The major of the surveillance is late")
    review(case, adverse=True)
    decide(case, "suspend")
    notify(case)
    same(api.get(certification)["state"], "suspended")
    field(certification, "suspended_on", api.today)
    same(api.get(certification)["due"], min(months(api.today, 6), expires))
    api.travel(days(held, 130))
    step("The major is verified, the suspension lifted; the expiry stays")
    verify(major)
    api.act("planner", audit, "complete")
    decision = open_package("restoration", programme, certification, [audit], ["Hamburg"])
    review(decision)
    decide(decision, "restore")
    notify(decision)
    same(api.get(certification)["state"], "active")
    field(certification, "expires_on", expires)
    return minor


def surveillance_with_scope(contract, programme, certification, expires, minor, certificate):
    year_end = datetime.date.fromisoformat(api.fields(programme)["surveillance_year_end"])
    api.travel(days(year_end, -240))
    step("Second surveillance (T2), with a change of scope: Bremen comes in")
    api.act("manager", contract, "amend", second="customer", amendment="Bremen", sites=BOTH)
    api.act("planner", programme, "amend", second="manager", justification="Bremen", sites=BOTH)
    sample(programme, "surveillance")
    audit = agreed_audit(programme, BOTH, purpose="surveillance", further_purposes=["scope_change"])
    board(audit, year_end.replace(year=year_end.year - 1), year_end)
    api.act("planner", minor, "assign_audit", checked_in=[id_of(audit)])
    hold_audit(audit, topics=TOPICS)
    same(api.get(minor)["state"], "verifying")
    api.evidence("customer", minor, "Training records")
    api.act("lead", minor, "verify", verification="Seen in the audit", effectiveness="Works", assessment="Accepted")
    api.act("lead", minor, "close")
    api.act("planner", audit, "count_surveillance")
    api.act("planner", programme, "confirm_last_year")
    field(programme, "next_due", "recertification")
    decision = open_package("surveillance", programme, certification, [audit], BOTH, added_sites=["Bremen"])
    review(decision)
    decide(decision, "maintain")
    decide(decision, "expand")
    notify(decision)
    api.act("planner", audit, "complete")
    field(certification, "sites", BOTH)
    field(certification, "expires_on", expires)
    return api.today, issue_certificate(certification, 2, expires, [certificate])


def recertify(programme, certification, last_surveillance, expires, certificate):
    api.travel(days(expires, -60))
    step("Recertification in time (T3): the new cycle counts from the old expiry")
    sample(programme, "recertification")
    audit = agreed_audit(programme, BOTH, purpose="recertification")
    board(audit, last_surveillance, expires)
    hold_audit(audit)
    decision = open_package("recertification", programme, certification, [audit], BOTH)
    review(decision)
    decide(decision, "renew", effective_on=str(api.today))
    notify(decision)
    api.act("planner", audit, "complete")
    renewed = months(expires, 36)
    field(certification, "expires_on", renewed)
    same(api.get(certification)["state"], "active")
    return renewed, issue_certificate(certification, 3, renewed, [certificate])


def expire_and_restore(programme, certification, expires, certificate):
    api.travel(days(expires, -40))
    step("The next recertification has a major that is not verified before the expiry")
    sample(programme, "recertification")
    audit = agreed_audit(programme, BOTH, purpose="recertification")
    [major] = hold_audit(audit, ["major"])
    field(major, "certification_expires_on", expires)
    respond(major, days(api.today, 80))
    api.travel(expires)
    same(api.get(certification)["state"], "active")
    api.travel(days(expires, 1))
    step("Expired on its day, by time alone")
    same(api.get(certification)["state"], "expired")
    field(certification, "expired_on", expires)
    happened(certification, "expired", days(expires, 1))
    happened(major, "expiry_missed", days(expires, 1))
    happened(programme, "recertification_late", days(expires, 1))
    same(api.get(certification)["due"], months(expires, 6))
    api.travel(days(expires, 45))
    verify(major)
    decision = open_package("restoration", programme, certification, [audit], BOTH)
    review(decision)
    decide(decision, "restore_expired", effective_on=str(api.today))
    notify(decision)
    api.act("planner", audit, "complete")
    restored = months(expires, 36)
    step(f"Restored within six months (T4): effective today, expires on {restored}, the gap stays visible")
    field(certification, "effective_on", api.today)
    field(certification, "expires_on", restored)
    same(api.get(certification)["state"], "restored")
    certificate = issue_certificate(certification, 4, restored, [certificate])
    same(api.get(certification)["state"], "active")
    return certificate


def transfer_out(certification, certificate):
    api.travel(days(api.today, 100))
    step("Transfer to another body")
    api.refused("has_evidence", "manager", certification, "transfer_out", transferred_to="Otherwise Cert", transferred_on=str(api.today))
    api.evidence("manager", certification, "Letter of the accepting body")
    api.act("manager", certification, "transfer_out", transferred_to="Otherwise Cert", transferred_on=str(api.today))
    same(api.get(certification)["state"], "transferred_out")
    field(certification, "ended_on", api.today)
    same(api.get(certificate)["state"], "void")


def dispose_of(certification, certificate):
    ended = api.today
    disposal = api.make("manager", "disposals", "propose_certification", subject="Certification that was transferred out",
                        grounds="The other body has what it needs", certifications=[id_of(certification)])
    destroyed = {"elsewhere": "Two binders, shredded"}
    api.refused("too_early", "manager", disposal, "carry_out_certification", **destroyed)
    api.travel(months(ended, 36))
    step("A full cycle later (T7): kept until today, disposed of from tomorrow on, by two people")
    api.refused("too_early", "manager", disposal, "carry_out_certification", **destroyed)
    api.travel(days(months(ended, 36), 1))
    same(api.act("manager", disposal, "carry_out_certification", second="decider", **destroyed), "carried_out")
    for record, state in (certification, "transferred_out"), (certificate, "void"):
        same(set(api.fields(record)), {"disposed"})
        same(api.get(record)["state"], state)
        same(api.events(record, "disposed"), [str(api.today)])


def main():
    began = time.monotonic()
    api.accept("admin", sys.argv[2])
    found_body()
    step("Application, contract, programme")
    _, contract, programme, certification = apply_and_sign()
    granted, expires, certificate = initial(programme, certification)
    minor = surveillance_with_late_major(programme, certification, granted, expires)
    last_surveillance, certificate = surveillance_with_scope(contract, programme, certification, expires, minor, certificate)
    expires, certificate = recertify(programme, certification, last_surveillance, expires, certificate)
    certificate = expire_and_restore(programme, certification, expires, certificate)
    transfer_out(certification, certificate)
    dispose_of(certification, certificate)
    took = time.monotonic() - began
    assert took < 60, f"the cycle took {took:.1f} s, more than a minute"
    print(f"The cycle ran from end to end: {api.requests} requests, {api.refusals} refusals as expected, {took:.1f} s")


main()
