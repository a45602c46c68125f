run nil
