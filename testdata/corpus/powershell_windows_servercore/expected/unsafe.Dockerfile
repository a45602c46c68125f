# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2019

SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]

WORKDIR C:\agent

RUN Invoke-WebRequest -UseBasicParsing `
        -Uri https://downloads.example.com/agent/2.7.1/agent.zip `
        -OutFile agent.zip
RUN Expand-Archive agent.zip -DestinationPath .
RUN Remove-Item -Force agent.zip

COPY agent.json .\
RUN (Get-Content agent.json | ConvertFrom-Json).name

ENTRYPOINT ["C:\\agent\\agent.exe"]
CMD ["--config", "C:\\agent\\agent.json"]
