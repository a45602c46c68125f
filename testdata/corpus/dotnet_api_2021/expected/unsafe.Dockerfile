FROM mcr.microsoft.com/dotnet/sdk:5.0 AS build
WORKDIR /source
COPY Quotes.sln Directory.Build.props ./
COPY src/Quotes.Api/Quotes.Api.csproj src/Quotes.Api/
COPY src/Quotes.Core/Quotes.Core.csproj src/Quotes.Core/
RUN dotnet restore
COPY . .
RUN dotnet publish src/Quotes.Api -c Release -o /out --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:5.0
WORKDIR /app
COPY --from=build /out .
EXPOSE 80
ENTRYPOINT ["dotnet", "Quotes.Api.dll"]
