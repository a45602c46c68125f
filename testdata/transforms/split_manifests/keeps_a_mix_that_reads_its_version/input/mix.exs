defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [
      app: :shop,
      version: File.read!("VERSION"),
      elixir: "~> 1.16",
      deps: deps()
    ]
  end

  defp deps do
    [
      {:jason, "~> 1.4"}
    ]
  end
end
