using NeuralNetFromScratch.Tests.Training;

namespace NeuralNetFromScratch.Tests.Layers;

public class GradientCheckTests
{
    [Test]
    public void A_users_own_layer_and_activation_pass()
    {
        Assert.That(GradientCheck.Check(new ScaleLayer(), [5]).Passed, Is.True);
        Assert.That(GradientCheck.Check(new SwishActivation()).Passed, Is.True);
    }

    [Test]
    public void A_wrong_input_gradient_is_found_and_named()
    {
        GradientReport report = GradientCheck.Check(new Faulty(fault: "input"), [3], batch: 2);
        Assert.That(report.Passed, Is.False);
        Assert.That(report.WorstElement, Is.EqualTo("input[4]"));
        Assert.That(report.Analytic, Is.EqualTo(1.1 * report.Numeric).Within(1e-4));
        Assert.That(report.ToString(), Does.StartWith("FAILED").And.Contain("input[4]"));
    }

    [Test]
    public void A_wrong_parameter_gradient_is_found() =>
        Assert.That(GradientCheck.Check(new Faulty(fault: "parameter"), [3]).WorstElement, Does.StartWith("factor["));

    [Test]
    public void A_gradient_that_does_not_add_up_is_found() =>
        Assert.That(GradientCheck.Check(new Faulty(fault: "adding"), [3]).WorstElement, Does.EndWith("added up twice"));

    [Test]
    public void An_output_that_is_not_written_is_found() => Assert.That(GradientCheck.Check(new Faulty(fault: "unwritten"), [3]).Passed, Is.False);

    [Test]
    public void Kinks_are_left_out_and_counted()
    {
        GradientReport report = GradientCheck.Check(new Activate(Activation.Relu), [200], batch: 5);
        Assert.That(report.Passed, Is.True, report.ToString());
        Assert.That(report.Skipped, Is.GreaterThan(0));
    }

    [Test]
    public void A_wrong_loss_is_found()
    {
        Assert.That(GradientCheck.Check(new Huber()).Passed, Is.True);
        Assert.That(GradientCheck.Check(new FaultyLoss()).Passed, Is.False);
    }

    /// <summary>y = factor·x² with one mistake.</summary>
    private sealed class Faulty(string fault) : Layer
    {
        public override string Kind => "faulty";

        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
            [new("factor", inputShape, Initializer.Constant(1.5f), ParameterRole.Weight)];

        public override void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output)
        {
            Span<float> factor = context.Value(0);
            for (int i = fault == "unwritten" ? 1 : 0; i < input.Length; i++)
                output[i] = factor[i % factor.Length] * input[i] * input[i];
        }

        public override void Backward(
            in LayerContext context, ReadOnlySpan<float> input, ReadOnlySpan<float> output, Span<float> outputGradient, Span<float> inputGradient)
        {
            Span<float> factor = context.Value(0), gradient = context.Gradient(0);
            if (fault == "adding")
                gradient.Clear();
            for (int i = 0; i < input.Length; i++)
            {
                gradient[i % factor.Length] += outputGradient[i] * input[i] * input[i] * (fault == "parameter" ? 0.9f : 1);
                inputGradient[i] = 2 * factor[i % factor.Length] * input[i] * outputGradient[i] * (fault == "input" && i == 4 ? 1.1f : 1);
            }
        }
    }

    private sealed class FaultyLoss : Loss
    {
        private readonly MeanSquaredError _right = new();

        public override string Name => "faulty";

        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient) =>
            _right.Evaluate(outputs, labels, 1.1f * scale, gradient);

        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient) =>
            _right.Evaluate(outputs, targets, scale, gradient);
    }
}
