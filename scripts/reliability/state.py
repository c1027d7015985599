"""What the database holds, and which writes are in it."""

import collections
import json

from bench import violation


def effects(op, state):
    """How often the write has happened."""
    row = state.cases.get(op.case.id)
    if op.kind == "create":
        return 0 if row is None else sum(other.title.startswith(op.mark) for other in state.by_mark[op.mark])
    if row is None:
        return 0
    if op.kind == "entry":
        return sum(body.startswith(op.mark) for _, _, body in row.entries)
    end = f" {op.mark}" if op.kind == "edit" else f"Outcome: {op.mark}"
    return sum(line.endswith(end) for _, kind, body in row.entries if kind in ("field", "state") for line in body.split("\n")[:9])


def moved(op, row, names):
    """Whether the case has been in that state. A move to where a case is already is acknowledged and changes nothing."""
    lines = [body.split("\n")[0] for _, kind, body in row.entries if kind == "state"] if row else []
    return any(line.endswith(f" \u2192 {names[op.pairs['to']]}") for line in lines)


class Row:
    pass


class State:
    """Everything that the database holds, read past the product."""

    def __init__(self, instance):
        rows, self.cases, self.by_mark = instance.rows, {}, collections.defaultdict(list)
        self.counted = collections.Counter()
        of_org = "where org_id = {org}"
        for id, type_id, number, title, state, kind, version, ours in rows(
            f"select {{id}}, {{type_id}}, number, title, state_key, state_kind, version, "
            f"case when external_id is null then 1 else 0 end from cases {of_org}", "id", "type_id"
        ):
            row = self.cases[id] = Row()
            row.number, row.title, row.state, row.kind, row.version = number, title, state, kind, int(version)
            row.ours, row.acts, row.entries, row.written, row.closures, row.tags = ours == "1", collections.Counter(), [], [], 0, set()
            self.by_mark[title.split()[0]].append(row)
            self.counted[type_id, state] += 1
        for id, case, kind, body in rows(
            f"select {{id}}, {{case_id}}, kind, body from entries {of_org} order by occurred_at, id", "id", "case_id"
        ):
            self.cases[case].entries.append((id, kind, body))
        self.seqs = []
        for seq, action, subject, facts in rows(
            f"select seq, action, {{subject_id}}, facts from audit_events {of_org} order by seq", "subject_id"
        ):
            self.seqs.append(int(seq))
            if subject in self.cases:
                self.cases[subject].acts[action] += 1
                if action == "entry.written":
                    self.cases[subject].written.append(json.loads(facts)["entry"].replace("-", ""))
            elif action.startswith(("case.", "entry.")):
                violation(f"event {seq} {action} is about a case that is not there")
        self.head = int(rows(f"select coalesce(max(seq), 0) from audit_heads {of_org}")[0][0])
        self.tallies = collections.Counter(
            {(t, s): int(n) for t, s, n in rows(f"select {{type_id}}, state_key, cases from case_tallies {of_org} and cases > 0", "type_id")}
        )
        self.series = {series: int(next) for series, next in rows(f"select series, next from case_series {of_org}")}
        for (case,) in rows(f"select {{case_id}} from case_closures {of_org} and reopened_at is null", "case_id"):
            self.cases[case].closures += 1
        for case, tag in rows(f"select {{case_id}}, tag from case_tags {of_org}", "case_id"):
            self.cases[case].tags.add(tag)
