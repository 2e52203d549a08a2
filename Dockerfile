# The command line with all that a worker needs: see docs/operations.md. Another base of the same kind (Node 24, glibc,
# a user called node) is named with --build-arg NODE_IMAGE.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
# Before the optional packages go: the bundler needs one of them, and no worker is to need the bundler.
RUN node workers/bundle-for-image.ts
# Embedded PostgreSQL, a Node of its own, and the native libraries of other platforms: 360 MB.
RUN npm prune --omit=dev --omit=optional --no-audit --no-fund \
 && cd node_modules/@temporalio/core-bridge/releases \
 && ls | grep -v "^$(uname -m)-unknown-linux-gnu$" | xargs rm -rf

FROM ${NODE_IMAGE}
# Nothing here installs packages.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
 && install -d -o node -g node -m 0700 /var/lib/barwright
WORKDIR /app
COPY --from=build /app ./
# The file system may be read-only but for /tmp and BARWRIGHT_HOME.
ENV NODE_ENV=production BARWRIGHT_HOME=/var/lib/barwright NODE_COMPILE_CACHE=/tmp/node-compiled
USER node
ENTRYPOINT ["node", "/app/src/cli/main.ts"]
CMD ["--help"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="barwright" \
      org.opencontainers.image.description="The market-data keeper of a trading system" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}"
