shiny::shinyApp(NULL, NULL)
