# One image for web, workers and beat. Build: docker compose build
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data MEDIA_ROOT=/data/media
WORKDIR /app

RUN useradd --uid 10001 --create-home chartroom && install -d -o chartroom /data /data/media

COPY requirements.txt ./
RUN pip install --no-cache-dir --only-binary :all: -r requirements.txt

COPY . .
USER chartroom
VOLUME /data
EXPOSE 8000
# The commands of web, workers and beat stand in docker-compose.yml.
