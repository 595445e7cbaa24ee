"""One reader for YAML that strangers wrote: front matter and `castsite.yml`. Text in, typed values and problems out."""
