# What the bad plugins of the tests do, by the format of a report that they are asked for.
set(assay_hostile_formats good stay urgent segfault hang busy fork flood log-flood stray-flood exit socket passwd outside heap memory
    forge ask ask-nothing oversize exec reach thread kill)
set(assay_unruly_formats plain throw throw-int refuse fail silent halfway flood malformed split slow swallow)

# Sets `result` to the member report/1 of a manifest, with these formats.
function(assay_report_extension result)
  set(formats "")
  foreach(format IN LISTS ARGN)
    list(APPEND formats "{\"id\": \"${format}\", \"media_type\": \"text/plain\", \"file_extension\": \"txt\", \"title\": {\"en\": \"x\"}}")
  endforeach()
  list(JOIN formats "," formats)
  set(${result} "\"report/1\": {\"formats\": [${formats}]}" PARENT_SCOPE)
endfunction()
