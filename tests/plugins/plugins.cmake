# The misbehaving plugins of the tests, built with the function that plugin authors use. Their packages go to
# <build>/test-plugins/NAME; what varies between the C ones is a definition.
function(assay_test_plugin name source)
  set(extensions "${ARGN}")
  if(NOT extensions)
    set(extensions "\"checklist/1\": {\"catalogues\": [\"small\"]}")
  endif()
  set(manifest ${CMAKE_CURRENT_BINARY_DIR}/test-plugins/${name}.json)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/plugins/bad/manifest.json.in ${manifest} @ONLY)
  assay_add_plugin(${name} MANIFEST ${manifest} SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/plugins/bad/${source}
    FOLDER ${CMAKE_BINARY_DIR}/test-plugins/${name})
  target_link_libraries(${name} PRIVATE assay_flags)
  string(MAKE_C_IDENTIFIER ${name} definition)
  string(TOUPPER ${definition} definition)
  target_compile_definitions(${name} PRIVATE FAULT_${definition})
  set_target_properties(${name} PROPERTIES CXX_STANDARD 17)
  add_dependencies(test_plugins ${name})
endfunction()

foreach(name bad-signature bad-major newer-minor small-entry null-entry missing-function no-entry wrong-id wrong-version
        undeclared undelivered failing-init sound)
  assay_test_plugin(${name} plain.c)
endforeach()
assay_test_plugin(leaking-exception leaking_exception.cc)
set(formats "")
foreach(format plain throw throw-int refuse fail silent halfway flood malformed split slow swallow)
  list(APPEND formats "{\"id\": \"${format}\", \"media_type\": \"text/plain\", \"file_extension\": \"txt\", \"title\": {\"en\": \"x\"}}")
endforeach()
list(JOIN formats "," formats)
assay_test_plugin(unruly unruly.cc
  "\"checklist/1\": {\"catalogues\": [\"small\"]}, \"report/1\": {\"formats\": [${formats}]}")
