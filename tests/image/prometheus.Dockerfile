# SPDX-License-Identifier: Apache-2.0
# Stands in for the image of Prometheus in docker/compose.yml where no registry can be reached: the
# program as Debian packages it, with the account and the folders of the original.
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends prometheus && \
    install -d -o nobody -g nogroup /prometheus
USER nobody
WORKDIR /prometheus
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/usr/bin/prometheus"]
