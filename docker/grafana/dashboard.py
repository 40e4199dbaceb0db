#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the Grafana dashboard, from the rows below:

    docker/grafana/dashboard.py > docker/grafana/dashboards/waggle.json

The deployment tests check that the file is current, and that each query returns data from a Prometheus
which scrapes a server under load.
"""

import json


def figure(name):
    """The series of a metric, of the servers that are chosen above the dashboard."""
    return f'{name}{{instance=~"$instance"}}'


def added_up(expr, by):
    return f"sum by ({by}) ({expr})" if by else f"sum({expr})"


def total(name, by=""):
    return added_up(figure(name), by)


def rate(name, by=""):
    """Per second."""
    return added_up(f"rate({figure(name)}[$__rate_interval])", by)


def rate_of(name, label):
    """Per second, of one value of a label: 'reason="banned"'."""
    return f'sum(rate({name}{{{label},instance=~"$instance"}}[$__rate_interval]))'


def expires_in():
    """Seconds until the certificates in use expire, of servers that have one."""
    return f"({figure('waggle_tls_certificate_not_after_timestamp_seconds')} > 0) - time()"


def stat(title, expr, unit="short", says="", steps=(), none=None, names=None):
    """One number. steps: (from which value on, colour), the first from None."""
    return {"type": "stat", "title": title, "unit": unit, "says": says, "steps": steps, "none": none,
            "names": names, "series": [(expr, title)], "width": 3, "height": 4}


def graph(title, *series, unit="short", says="", width=8, stacked=False):
    """Lines over time. series: (query, legend)."""
    return {"type": "timeseries", "title": title, "unit": unit, "says": says, "series": series,
            "stacked": stacked, "width": width, "height": 8}


GREEN_IF_ONE = ((None, "red"), (1, "green"))
DAY = 86400

ROWS = {
    "At a glance": [
        stat("Ready", f"min({figure('waggle_ready')})", names={"0": "no", "1": "yes"}, steps=GREEN_IF_ONE,
             says="Whether new clients are welcome; /readyz says why not."),
        stat("Peers", total("waggle_peers"), says="A peer in two swarms counts twice."),
        stat("Swarms", total("waggle_swarms")),
        stat("Connections", total("waggle_connections")),
        stat("Messages", f"{rate('waggle_messages_received_total')} + {rate('waggle_messages_sent_total')}",
             "cps", "In both directions."),
        stat("CPU", rate("process_cpu_seconds_total"), "percentunit", "100 % is one core.",
             ((None, "green"),)),
        stat("Memory", total("process_resident_memory_bytes"), "bytes"),
        stat("Certificate", f"min({expires_in()})", "s", "Until the certificate in use expires.",
             ((None, "red"), (14 * DAY, "orange"), (30 * DAY, "green")), none="no TLS"),
    ],
    "Peers and signaling": [
        graph("Peers", (total("waggle_peers"), "peers"), (total("waggle_seeders"), "seeders")),
        graph("Swarms", (total("waggle_swarms"), "swarms")),
        graph("Offers and answers",
              (rate("waggle_offers_relayed_total"), "offers relayed"),
              (rate("waggle_answers_received_total"), "answers received"),
              (rate("waggle_answers_relayed_total"), "answers relayed"),
              (rate("waggle_offers_unmatched_total"), "offers without a receiver"),
              (rate("waggle_answers_unroutable_total"), "answers without an offer"), unit="cps",
              says="An offer relayed should bring an answer relayed."),
        graph("Answers for an offer",
              (f"{rate('waggle_answers_relayed_total')} / "
               f"clamp_min({rate('waggle_offers_relayed_total')}, 1e-9)", "answers / offers"), unit="percentunit",
              says="How many of the offers that were passed on come back as answers."),
        graph("Offers that wait", (total("waggle_offer_routes"), "wait for an answer"),
              (rate("waggle_routes_evicted_total"), "forgotten before one came, per second")),
        graph("Messages", (rate("waggle_messages_received_total"), "received"),
              (rate("waggle_messages_sent_total"), "sent"), unit="cps"),
        graph("Announces", (rate("waggle_announces_total", "event"), "{{event}}"),
              (rate("waggle_scrapes_total"), "scrapes"), unit="cps"),
        graph("Traffic", (rate("waggle_bytes_received_total"), "received"),
              (rate("waggle_bytes_sent_total"), "sent"), unit="Bps"),
        graph("Memberships", (rate("waggle_memberships_expired_total"), "expired"),
              (rate("waggle_memberships_refused_total"), "past a limit"),
              (rate("waggle_memberships_denied_total"), "swarm not served here"), unit="cps"),
    ],
    "Connections": [
        graph("Connections by core", (total("waggle_connections", "core"), "core {{core}}"), stacked=True),
        graph("Accepted", (rate("waggle_connections_accepted_total", "transport"), "{{transport}}"),
              unit="cps"),
        graph("Closed, by what ended them", (rate("waggle_connections_closed_total", "reason"), "{{reason}}"),
              unit="cps"),
        graph("Handshakes that failed", (rate("waggle_handshakes_failed_total", "reason"), "{{reason}}"),
              unit="cps", says="Connections that never became a WebSocket session."),
        graph("Requests on the public listeners",
              (rate("waggle_http_requests_total", "answer"), "{{answer}}"), unit="cps"),
        graph("Addresses", (total("waggle_client_addresses"), "addresses"),
              (f"max({figure('waggle_client_connections_max')})", "sessions of the busiest one"),
              says="If the busiest one holds nearly all, a proxy does not name its clients."),
        graph("How addresses are learned", (rate("waggle_client_addresses_learned_total", "source"),
                                            "{{source}}"), unit="cps"),
        graph("Over TLS", (total("waggle_connections_tls"), "over TLS"),
              (total("waggle_connections"), "all")),
        graph("Pings and probes", (rate("waggle_pings_sent_total"), "pings"),
              (rate("waggle_probes_total"), "probes"), unit="cps"),
    ],
    "Refusals": [
        graph("Refusals", (rate("waggle_failures_total", "reason"), "{{reason}}"), unit="cps", width=12,
              says="Messages answered with a failure; docs/errors.md explains them."),
        graph("Left out", (rate("waggle_deliveries_stale_total"), "receiver gone"),
              (rate("waggle_requests_shed_total", "request"), "{{request}} without answer"), unit="cps",
              width=12),
    ],
    "Bounds": [
        graph("Shed", (rate("waggle_deliveries_shed_total", "reason"), "{{reason}}"), unit="cps",
              says="Offers and answers dropped to stay within bounds of memory and of delay."),
        graph("Memory of queues", (total("waggle_outbox_memory_bytes"), "for clients, memory"),
              (total("waggle_outbox_bytes"), "for clients, bytes"),
              (total("waggle_partial_bytes"), "messages that arrive"),
              (total("waggle_mailbox_pending_bytes"), "between cores"), unit="bytes"),
        graph("Between cores", (rate("waggle_mailbox_messages_crossed_total"), "messages"),
              (rate("waggle_mailbox_relays_crossed_total"), "offers and answers"),
              (rate("waggle_mailbox_coalesced_total"), "merged"), unit="cps"),
        graph("Cores that do not keep up",
              (total("waggle_mailbox_pending"), "memberships with news that waits"),
              (total("waggle_sessions_held"), "sessions not read from"),
              (total("waggle_sessions_closing"), "sessions closing")),
        graph("Descriptors", (total("process_open_fds"), "open"), (total("process_max_fds"), "limit"),
              says="One for each client."),
        graph("Accepting paused", (rate("waggle_accepts_paused_total"), "pauses"), unit="cps",
              says="Descriptors were used up."),
    ],
    "Store and operators": [
        graph("Facts", (rate("waggle_storage_facts_written_total"), "written"),
              (rate("waggle_storage_facts_dropped_total"), "lost since they could not be written"),
              (rate("waggle_swarm_news_lost_total"), "lost before the store"), unit="cps",
              says="Completions, history, bans, audit log. What is lost is gone for good."),
        graph("Facts that wait", (total("waggle_storage_facts_waiting", "instance"), "{{instance}}"),
              says="They grow while the store cannot write, up to storage.queue_max."),
        graph("Faults of the store", (rate("waggle_storage_faults_total"), "faults per second"),
              (total("waggle_storage_problem"), "servers that cannot write"),
              says="/readyz says what is wrong; clients notice nothing."),
        graph("Bans enforced", (rate("waggle_bans_enforced_total", "what"), "{{what}}"),
              (rate_of("waggle_connections_closed_total", 'reason="banned"'), "connection closed"),
              (rate_of("waggle_handshakes_failed_total", 'reason="banned"'), "handshake refused"),
              unit="cps", width=12),
        graph("Changes of the configuration", (total("waggle_config_reloads_total"), "taken into use"),
              (total("waggle_config_reloads_refused_total"), "refused"),
              (total("waggle_config_reload_pending"), "refused now"), width=12),
    ],
    "Process": [
        graph("CPU", (rate("process_cpu_seconds_total", "instance"), "{{instance}}"), unit="percentunit",
              says="100 % is one core."),
        graph("CPU of each core", (rate("waggle_core_cpu_seconds_total", "instance, core"), "{{instance}} {{core}}"),
              unit="percentunit", says="Nearly 100 % of one core: it will drop offers soon."),
        graph("Memory", (total("process_resident_memory_bytes", "instance"), "{{instance}}"), unit="bytes"),
        graph("Up for", (f"time() - {figure('process_start_time_seconds')}", "{{instance}}"), unit="s"),
        graph("Versions", (f"count by (version) ({figure('waggle_build_info')})", "{{version}}"),
              says="Servers of each version."),
        graph("Certificate expires in", (expires_in(), "{{instance}}"), unit="s"),
        graph("Changes of certificates", (total("waggle_tls_reloads_total"), "taken into use"),
              (total("waggle_tls_reloads_refused_total"), "refused"),
              (total("waggle_tls_certificate_pending"), "refused now")),
    ],
}

SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def options(panel):
    if panel["type"] == "stat":
        return {"colorMode": "value", "graphMode": "area", "justifyMode": "auto", "textMode": "value",
                "wideLayout": True, "orientation": "auto", "percentChangeColorMode": "standard",
                "showPercentChange": False,
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
    return {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"}}


def defaults(panel):
    fields = {"unit": panel["unit"], "min": 0}
    if panel["type"] == "stat":
        steps = panel["steps"] or ((None, "blue"),)
        fields = {"unit": panel["unit"], "thresholds": {
            "mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in steps]}}
        if panel["none"]:
            fields["noValue"] = panel["none"]
        if panel["names"]:
            fields["mappings"] = [{"type": "value", "options": {
                value: {"text": text} for value, text in panel["names"].items()}}]
    else:
        fields["custom"] = {"lineWidth": 1, "fillOpacity": 30 if panel["stacked"] else 10,
                            "showPoints": "never",
                            "stacking": {"mode": "normal" if panel["stacked"] else "none"}}
    return fields


def drawn(panel, number, x, y):
    targets = [{"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": expr, "legendFormat": legend,
                "range": True} for at, (expr, legend) in enumerate(panel["series"])]
    return {"id": number, "type": panel["type"], "title": panel["title"], "description": panel["says"],
            "datasource": SOURCE, "gridPos": {"x": x, "y": y, "w": panel["width"], "h": panel["height"]},
            "targets": targets, "options": options(panel),
            "fieldConfig": {"defaults": defaults(panel), "overrides": []}}


def panels():
    drawings, y = [], 0
    for name, row in ROWS.items():
        drawings.append({"id": len(drawings) + 1, "type": "row", "title": name, "collapsed": False,
                         "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}, "panels": []})
        y += 1
        x = 0
        for panel in row:
            if x + panel["width"] > 24:
                x, y = 0, y + panel["height"]
            drawings.append(drawn(panel, len(drawings) + 1, x, y))
            x += panel["width"]
        y += row[-1]["height"]
    return drawings


VARIABLES = [
    {"type": "datasource", "name": "datasource", "label": "Prometheus", "query": "prometheus"},
    {"type": "query", "name": "instance", "label": "Server", "datasource": SOURCE, "refresh": 2,
     "query": "label_values(waggle_build_info, instance)", "multi": True, "includeAll": True,
     "allValue": ".*", "current": {"text": ["All"], "value": ["$__all"]}},
]

DASHBOARD = {
    "uid": "waggle", "title": "Waggle", "tags": ["waggle"], "schemaVersion": 41, "editable": True,
    "description": "A WebRTC signaling and tracker server. Generated by docker/grafana/dashboard.py.",
    "graphTooltip": 1, "refresh": "30s", "timezone": "browser", "time": {"from": "now-3h", "to": "now"},
    "templating": {"list": VARIABLES}, "panels": panels(),
}

if __name__ == "__main__":
    print(json.dumps(DASHBOARD, indent=1))
