using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Quotes.Core;

Host.CreateDefaultBuilder(args)
    .ConfigureWebHostDefaults(web => web.Configure(app => app.Run(
        context => context.Response.WriteAsync(Book.Random() + "\n"))))
    .Build()
    .Run();
