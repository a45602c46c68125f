class RecipesController < ActionController::Base
  RECIPES = {
    'soup' => 'Water, carrots, patience.',
    'toast' => 'Bread, heat.'
  }.freeze

  def index
    render json: RECIPES.keys
  end

  def show
    render text: RECIPES.fetch(params[:id]) { raise ActionController::RoutingError, 'No such recipe' }
  end
end
