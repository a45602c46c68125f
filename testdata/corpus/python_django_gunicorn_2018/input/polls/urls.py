from django.http import JsonResponse
from django.urls import path

QUESTIONS = ["Tabs or spaces?", "Tea or coffee?"]


def index(request):
    return JsonResponse({"questions": QUESTIONS})


urlpatterns = [path("", index)]
