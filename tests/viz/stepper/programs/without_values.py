print("no values here")
