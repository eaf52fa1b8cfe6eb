using CsCheck;

namespace NeuralNetFromScratch.Tests.Properties;

/// <summary>The tool itself: the same cases each time, and a failure that says how to see it again.</summary>
public class PropertyTests
{
    [Test]
    public void Two_runs_see_the_same_cases()
    {
        List<int> first = Cases(), second = Cases();
        Assert.That(second, Is.EqualTo(first));
        Assert.That(first.Distinct().Count(), Is.GreaterThan(90));

        static List<int> Cases()
        {
            var seen = new List<int>();
            Property.Holds(Gen.Int, seen.Add);
            return seen;
        }
    }

    [Test]
    public void A_failure_prints_its_seed_and_a_small_case() => Assert.That(
        () => Property.Holds(Gen.Int[0, 100_000], value => Assert.That(value, Is.LessThan(50))),
        Throws.InstanceOf<CsCheckException>().With.Message.Contains("CsCheck_Seed"));
}
