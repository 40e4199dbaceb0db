# SPDX-License-Identifier: Apache-2.0
# A fresh Debian that systemd runs.
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends systemd && apt-get clean && \
    rm -rf /var/lib/apt/lists/*
STOPSIGNAL SIGRTMIN+3
CMD ["/lib/systemd/systemd"]
