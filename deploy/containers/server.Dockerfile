# The server: pages, API and agent stream on port 7171. Build from the top of the checkout:
#   docker build -f deploy/containers/server.Dockerfile -t outgate-server .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json next.config.ts postcss.config.mjs prisma.config.ts ./
COPY prisma prisma
COPY scripts/schema-engine.mjs scripts/schema-engine.mjs
COPY scripts/schema-engine scripts/schema-engine
COPY core core
COPY server server
COPY app app
# tests reach into rooms that are not here, and nobody runs them in an image
RUN find core server app -name '*.test.ts*' -delete
RUN npx prisma generate
RUN npx next build
RUN npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production OUTGATE_LISTEN=:7171 OUTGATE_DATA_DIR=/data
# garbage is given back instead of being kept (scripts/supervisor/memory.ts)
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 NODE_OPTIONS=--max-semi-space-size=8
RUN mkdir /data && chown node:node /data
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/.next .next
COPY --from=build /app/server server
COPY package.json next.config.ts ./
COPY core core
COPY prisma prisma
# texts that pages show
COPY deploy/crds deploy/crds
COPY docs/settings-that-stop-felix.md docs/settings-that-stop-felix.md
COPY docs/codes docs/codes
USER node
EXPOSE 7171
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:7171/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/main.ts"]
