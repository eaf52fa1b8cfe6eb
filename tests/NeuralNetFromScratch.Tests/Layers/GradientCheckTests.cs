using NeuralNetFromScratch.Tests.Training;

namespace NeuralNetFromScratch.Tests.Layers;

public class GradientCheckTests
{
    [Test]
    public void A_users_own_layer_and_activation_pass()
    {
        Assert.That(GradientCheck.Run(new ScaleLayer(), [5]).Passed, Is.True);
        Assert.That(GradientCheck.Run(new SwishActivation()).Passed, Is.True);
    }

    [Test]
    public void A_wrong_input_gradient_is_found_and_named()
    {
        GradientReport report = GradientCheck.Run(new Faulty(fault: "input"), [3], rows: 2);
        Assert.That(report.Passed, Is.False);
        Assert.That(report.WorstElement, Is.EqualTo("input[4]"));
        Assert.That(report.Analytic, Is.EqualTo(1.1 * report.Numeric).Within(1e-4));
        Assert.That(report.ToString(), Does.StartWith("FAILED").And.Contain("input[4]"));
    }

    [Test]
    public void A_wrong_parameter_gradient_is_found() =>
        Assert.That(GradientCheck.Run(new Faulty(fault: "parameter"), [3]).WorstElement, Does.StartWith("factor["));

    [Test]
    public void A_gradient_that_does_not_add_up_is_found() =>
        Assert.That(GradientCheck.Run(new Faulty(fault: "adding"), [3]).WorstElement, Does.EndWith("accumulated twice"));

    [Test]
    public void A_factor_of_one_hides_no_mistake() =>
        Assert.That(GradientCheck.Run(new Faulty(fault: "factor ignored", factor: 1), [3]).WorstElement, Does.StartWith("input["));

    [Test]
    public void A_gradient_that_is_not_written_is_found() =>
        Assert.That(GradientCheck.Run(new Faulty(fault: "unwritten gradient"), [3]).Passed, Is.False);

    [Test]
    public void An_output_that_is_not_written_is_found() => Assert.That(GradientCheck.Run(new Faulty(fault: "unwritten"), [3]).Passed, Is.False);

    [Test]
    public void A_parameter_that_a_forward_pass_changes_is_found() =>
        Assert.That(GradientCheck.Run(new Faulty(fault: "changed parameter"), [3]).WorstElement, Is.EqualTo("factor[1] after a pass"));

    [Test]
    public void A_loss_may_refuse_labels_or_targets_but_not_both()
    {
        int both = GradientCheck.Run(new FaultyLoss("")).ComparedCount;
        foreach (string refused in (string[])["refuses labels", "refuses targets"])
        {
            GradientReport report = GradientCheck.Run(new FaultyLoss(refused));
            Assert.That(report.Passed, Is.True);
            Assert.That(report.ComparedCount, Is.EqualTo(both / 2));
        }

        Assert.That(() => GradientCheck.Run(new FaultyLoss("refuses labels, refuses targets")), Throws.InstanceOf<NotSupportedException>());
    }

    [Test]
    public void Kinks_are_left_out_and_counted()
    {
        GradientReport report = GradientCheck.Run(new ActivationLayer(Activation.Relu), [200], rows: 5);
        Assert.That(report.Passed, Is.True, report.ToString());
        Assert.That(report.SkippedCount, Is.GreaterThan(0));
    }

    [Test]
    public void A_right_loss_passes() => Assert.That(GradientCheck.Run(new Huber()).Passed, Is.True);

    [TestCase("labels")]
    [TestCase("targets")]
    [TestCase("unwritten")]
    [TestCase("scale ignored")]
    [TestCase("other sum without gradient")]
    public void A_wrong_loss_is_found(string fault) => Assert.That(GradientCheck.Run(new FaultyLoss(fault)).Passed, Is.False);

    [Test]
    public void The_largest_error_is_named_where_all_is_well()
    {
        GradientReport report = GradientCheck.Run(new ScaleLayer(), [5]);
        Assert.That(report.WorstElement, Is.Not.Empty);
        Assert.That(report.ToString(), Does.StartWith("passed").And.Contain(report.WorstElement));
    }

    [Test]
    public void An_error_as_large_as_allowed_passes_and_so_do_as_many_kinks()
    {
        Assert.That(new GradientReport(8, 2, 1, "", 0, 0).Passed, Is.True);
        Assert.That(new GradientReport(9, 2, 1, "", 0, 0).Passed, Is.True);
        Assert.That(new GradientReport(7, 2, 1, "", 0, 0).Passed, Is.False);
        Assert.That(new GradientReport(8, 2, 1.001, "", 0, 0).Passed, Is.False);
    }

    [Test]
    public void Null_cannot_be_checked()
    {
        Assert.That(() => GradientCheck.Run((Layer)null!, [3]), Throws.ArgumentNullException);
        Assert.That(() => GradientCheck.Run((Loss)null!), Throws.ArgumentNullException);
        Assert.That(() => GradientCheck.Run((Activation)null!), Throws.ArgumentNullException.With.Message.Contains("activation"));
        Assert.That(() => GradientCheck.Run(new ScaleLayer(), [3], rows: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => GradientCheck.Run(new Huber(), outputs: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => GradientCheck.Run(new Huber(), rows: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    /// <summary>y = factor·x² with one mistake.</summary>
    private sealed class Faulty(string fault, float factor = 1.5f) : Layer(new Settings("faulty"))
    {
        public override Shape OutputShape(Shape inputShape) => inputShape;

        public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) =>
            [new("factor", inputShape, Initializer.Constant(factor), ParameterRole.Weight)];

        public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
        {
            Span<float> factor = context.Values(0);
            for (int i = FirstWritten; i < input.Span.Length; i++)
                output.Span[i] = factor[i % factor.Length] * input.Span[i] * input.Span[i];
            if (fault == "changed parameter")
                factor[1] = MathF.BitIncrement(factor[1]);
        }

        public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
        {
            Span<float> factor = context.Values(0), gradient = fault == "unwritten gradient" ? context.Gradients(0) : context.GradientsToAddTo(0);
            if (fault == "adding")
                gradient.Clear();
            inputGradient.Span.Clear();
            for (int i = FirstWritten; i < input.Span.Length; i++)
            {
                float used = fault == "factor ignored" ? 1 : factor[i % factor.Length];
                gradient[i % factor.Length] += outputGradient.Span[i] * input.Span[i] * input.Span[i] * (fault == "parameter" ? 0.9f : 1);
                inputGradient.Span[i] = 2 * used * input.Span[i] * outputGradient.Span[i] * (fault == "input" && i == 4 ? 1.1f : 1);
            }
        }

        private int FirstWritten => fault == "unwritten" ? 1 : 0;
    }

    private sealed class FaultyLoss(string fault) : Loss(new Settings("faulty"))
    {
        private readonly MeanSquaredError _right = new();

        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlySpan<int> labels, float scale, MatrixView gradient)
        {
            Refuse("refuses labels");
            return _right.Evaluate(outputs, labels, fault == "labels" ? 1.1f * scale : scale, gradient);
        }

        public override double Evaluate(ReadOnlyMatrixView outputs, ReadOnlyMatrixView targets, float scale, MatrixView gradient)
        {
            Refuse("refuses targets");
            double factor = fault == "other sum without gradient" && gradient.Rows == 0 ? 1.1 : 1;
            float used = fault == "targets" ? 1.1f * scale : fault == "scale ignored" ? 1 : scale;
            return factor * _right.Evaluate(outputs, targets, used, fault == "unwritten" ? default : gradient);
        }

        private void Refuse(string what)
        {
            if (fault.Contains(what, StringComparison.Ordinal))
                throw new NotSupportedException(what);
        }
    }
}
