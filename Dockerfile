# wellwatch as a container: docker build -t wellwatch . && docker run -it -v wellwatch:/data wellwatch run --demo
# compose.yaml brings it up with a broker and HBase. It runs as the user node, and writes to /data alone: --read-only suits it.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts
COPY domain domain
COPY storage storage
COPY ingest ingest
COPY query query
COPY batch batch
COPY app app
RUN npm run build && chmod +x dist/app/cli.js && npm ci --omit=dev --ignore-scripts

FROM node:24-slim
LABEL org.opencontainers.image.title="wellwatch" \
  org.opencontainers.image.description="Watches oil pumps: readings from CSV files and MQTT, alarms, a daily summary" \
  org.opencontainers.image.licenses="MIT"
# Objects that live shortly have 12 MB instead of 48: clients that flood the broker then cost 40 MB less.
ENV NODE_ENV=production WELLWATCH_DATA_DIR=/data NODE_OPTIONS=--max-semi-space-size=4
WORKDIR /app
COPY package.json ARCHITECTURE.md CHANGELOG.md LICENSE ./
COPY data data
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN ln -s /app/dist/app/cli.js /usr/local/bin/wellwatch && mkdir -p /data/inbox && chown -R node:node /data
USER node
# Relative paths count from here, so reference files are looked for in /data/reference.
WORKDIR /data
VOLUME /data
# No answer of a store is asked for: a store that is away is waited for, and a restart would not bring it back.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD wellwatch status --json | grep -q '"running":true'
ENTRYPOINT ["wellwatch"]
CMD ["run", "--quiet"]
