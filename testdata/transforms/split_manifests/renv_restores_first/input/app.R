glue::glue("hi")
