namespace NeuralNetFromScratch.Tests.Layers;

/// <summary>Asserts that the library's own gradient check passes.</summary>
internal static class LayerCheck
{
    public static void Gradients(Layer layer, Shape inputShape, int batch, ulong seed = 1)
    {
        GradientReport report = GradientCheck.Run(layer, inputShape, batch, seed);
        Assert.That(report.Passed, Is.True, $"{layer}: {report}");
        Assert.That(report.ComparedCount, Is.GreaterThan(0));
    }
}
