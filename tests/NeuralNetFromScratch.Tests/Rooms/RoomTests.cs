namespace NeuralNetFromScratch.Tests.Rooms;

/// <summary>Parts that the library does not have yet fit in: naive versions of them, made with the public interface alone.</summary>
public class RoomTests
{
    private static readonly PartRegistry Parts = PartRegistry.Empty.With<NaiveConv2D>().With<NaiveMaxPool2D>().With<Highway>();

    private static readonly (Layer Layer, Shape Shape)[] Layers =
    [
        (new NaiveConv2D(filters: 3, kernelSize: 2), [4, 5, 2]), (new NaiveMaxPool2D(2), [5, 4, 3]), (new Highway(new Dense(6, Activation.Tanh)), [6]),
        (new Highway(new Dense(3, Activation.Tanh), new Dense(6)), [6]),
    ];

    [TestCaseSource(nameof(Layers))]
    public void Gradients_agree_with_differences(object room)
    {
        (Layer layer, Shape shape) = ((Layer, Shape))room;
        GradientReport report = GradientCheck.Run(layer, shape);
        Assert.That(report.Passed, Is.True, report.ToString());
    }
}
