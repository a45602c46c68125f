import fastlevel
