using System.Globalization;
using CsCheck;
using NUnit.Framework.Internal;

namespace NeuralNetFromScratch.Tests.Properties;

/// <summary>
/// Checks a property on generated cases, the same ones in each run. The environment can ask for other cases (NEURALNET_PROPERTY_SEED), for
/// more of them (NEURALNET_PROPERTY_FACTOR), or for a single one, by the seed that a failure printed (CsCheck_Seed).
/// </summary>
internal static class Property
{
    /// <summary>How many cases are tried in search of a smaller one that fails too.</summary>
    private const int ShrinkingCases = 1000;

    public static void Holds<T>(Gen<T> cases, Action<T> check, int count = 100)
    {
        if (Environment.GetEnvironmentVariable("CsCheck_Seed") is not null)
        {
            cases.Sample(CheckIsolated, iter: 1, threads: 1);
            return;
        }

        ulong seed = ulong.Parse(Environment.GetEnvironmentVariable("NEURALNET_PROPERTY_SEED") ?? "1", CultureInfo.InvariantCulture);
        int factor = int.Parse(Environment.GetEnvironmentVariable("NEURALNET_PROPERTY_FACTOR") ?? "1", CultureInfo.InvariantCulture);
        for (int number = 0; number < count * factor; number++)
        {
            // CsCheck draws only the first case of a run from the seed: a run for each case.
            string caseSeed = new PCG((uint)number, seed).ToString();
            try
            {
                cases.Sample(CheckIsolated, seed: caseSeed, iter: 1, threads: 1);
            }
            catch (CsCheckException)
            {
                cases.Sample(CheckIsolated, seed: caseSeed, iter: ShrinkingCases, threads: 1);
                throw;
            }
        }

        // What NUnit's assertions report on the way to the smallest case is not part of the result.
        void CheckIsolated(T value)
        {
            using (new TestExecutionContext.IsolatedContext())
                check(value);
        }
    }
}
