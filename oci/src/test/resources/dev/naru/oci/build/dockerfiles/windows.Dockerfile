# escape=`
FROM scratch
COPY a\b `
     c/
USER app:app
WORKDIR /x y
