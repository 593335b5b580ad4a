# Writes FOLDER/manifest.json: MANIFEST with `files`, the path, SHA-256 and size of each of FILES in FOLDER. Run with
# cmake -P after the plugin has been linked; FILES is separated by commas.
file(READ ${MANIFEST} manifest)
string(REPLACE "," ";" FILES "${FILES}")
set(list "[]")
set(index 0)
foreach(name IN LISTS FILES)
  file(SHA256 ${FOLDER}/${name} hash)
  file(SIZE ${FOLDER}/${name} size)
  string(JSON list SET "${list}" ${index} "{\"path\": \"${name}\", \"sha256\": \"${hash}\", \"size\": ${size}}")
  math(EXPR index "${index} + 1")
endforeach()
string(JSON manifest SET "${manifest}" files "${list}")
file(WRITE ${FOLDER}/manifest.json "${manifest}\n")
