# syntax=docker/dockerfile:1
ARG BASE=naru.local/jre
ARG A=1 B

FROM --platform=$TARGETPLATFORM ${BASE} AS Build
# a comment
RUN ["java", "-Djarmode=tools", "-jar", "app.jar"]
RUN echo one \
    # a comment in the middle

    two \
    && three
FROM $BASE
COPY --from=build --chown=1000:1000 /app/dependencies/ ./
COPY ["a file", "b", "/to here/"]
ENV A=1 B="two words" C=$A
ENV OLD the old form
LABEL maintainer="x <x@example.org>" k=v
EXPOSE 8080 9090/udp
VOLUME ["/data"]
HEALTHCHECK --interval=5s --retries=3 CMD curl -f http://localhost/
STOPSIGNAL SIGQUIT
ENTRYPOINT ["java", "-jar", "app.jar"]
CMD --server.port=8080
