# The page and its HTTP API in a container:
#   docker build -t detente .
#   docker run --rm -p 127.0.0.1:8737:8737 --mount type=bind,src=$PWD/token,dst=/run/secrets/detente-token,ro detente
# The token file holds a long random word that only user 10001 can read (chown 10001 token; chmod 400 token). Other commands stand
# behind the name of the image: docker run --rm --network none detente status
FROM python:3.12.8-slim-bookworm AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip install --no-cache-dir --prefix=/install ".[web,mcp]"

FROM python:3.12.8-slim-bookworm
COPY --from=build /install /usr/local
RUN useradd --no-create-home --uid 10001 --shell /usr/sbin/nologin detente
ENV OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /tmp
USER 10001
EXPOSE 8737
ENTRYPOINT ["detente"]
CMD ["serve", "--host", "0.0.0.0", "--token-file", "/run/secrets/detente-token"]
